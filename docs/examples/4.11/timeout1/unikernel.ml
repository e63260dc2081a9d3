open Lwt.Infix
open Cmdliner

let takes = Arg.(value & opt int 1000 & info [ "takes" ] ~doc:"How many milliseconds the work takes.")

let timeout milliseconds work =
  let late = Mirage_sleep.ns (Duration.of_ms milliseconds) in
  Lwt.choose [ late; Lwt.map ignore work ] >|= fun () ->
  match Lwt.state work with
  | Lwt.Return value -> Some value
  | Lwt.Fail error -> raise error
  | Lwt.Sleep ->
      Lwt.cancel work;
      None

let start () takes =
  let work = Mirage_sleep.ns (Duration.of_ms takes) >|= fun () -> "done" in
  timeout 200 work >|= function Some result -> print_endline result | None -> print_endline "cancelled"
