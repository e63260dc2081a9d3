(* Says hello a few times, with a pause after each. *)

open Lwt.Infix

let hello =
  let open Cmdliner in
  let doc = Arg.info [ "hello" ] ~doc:"What the unikernel says." in
  Arg.(value & opt string "Hello World!" doc)

let start () hello =
  let rec greet left =
    if left = 0 then Lwt.return_unit
    else begin
      Logs.info (fun message -> message "%s" hello);
      Mirage_sleep.ns (Duration.of_sec 1) >>= fun () -> greet (left - 1)
    end
  in
  greet 4
