open Lwt.Infix
open Cmdliner

let hello = Arg.(value & opt string "Hello World!" & info [ "hello" ] ~doc:"What the unikernel says.")

let start () hello =
  let rec say left =
    if left = 0 then Lwt.return_unit
    else begin
      print_endline hello;
      Mirage_sleep.ns (Duration.of_ms 10) >>= fun () -> say (left - 1)
    end
  in
  say 4
