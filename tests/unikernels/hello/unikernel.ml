open Lwt.Infix

let source = Logs.Src.create "greeter"

module Log = (val Logs.src_log source : Logs.LOG)

module Hello (Time : Mirage_types_lwt.TIME) = struct
  let start _time =
    let say () =
      Log.debug (fun m -> m "about to say it");
      print_endline (Key_gen.hello ())
    in
    say ();
    Time.sleep_ns (Duration.of_ms 1) >|= say
end
