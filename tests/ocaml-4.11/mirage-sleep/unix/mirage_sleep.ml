let ns duration = Lwt_unix.sleep (Duration.to_f duration)
