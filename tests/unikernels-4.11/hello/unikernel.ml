open Lwt.Infix
open Cmdliner

let source = Logs.Src.create "greeter"

module Log = (val Logs.src_log source : Logs.LOG)

let hello = Arg.(value & opt string "Hello World!" & info [ "hello" ] ~doc:"What the unikernel says.")
let times = Mirage_runtime.register_arg Arg.(value & opt int 2 & info [ "times" ] ~doc:"How often it says it.")

let start () hello =
  let rec say = function
    | 0 -> Lwt.return_unit
    | left ->
        Log.debug (fun m -> m "%s is about to say it" (Mirage_runtime.name ()));
        print_endline hello;
        Mirage_sleep.ns (Duration.of_ms 1) >>= fun () -> say (left - 1)
  in
  say (times ())
