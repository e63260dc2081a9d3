let run = Lwt_main.run
