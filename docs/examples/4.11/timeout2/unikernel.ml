open Lwt.Infix
open Cmdliner

let takes = Arg.(value & opt int 1000 & info [ "takes" ] ~doc:"How many milliseconds the work takes.")

(* pick cancels all but the first. *)
let timeout milliseconds work =
  Lwt.pick [ (Mirage_sleep.ns (Duration.of_ms milliseconds) >|= fun () -> None); (work >|= fun value -> Some value) ]

let start () takes =
  let work = Mirage_sleep.ns (Duration.of_ms takes) >|= fun () -> "done" in
  timeout 200 work >|= function Some result -> print_endline result | None -> print_endline "cancelled"
