let rec run thread =
  match Lwt.poll thread with
  | Some () -> ()
  | None ->
      Lwt.wakeup_paused ();
      run thread
