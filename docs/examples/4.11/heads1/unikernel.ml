open Lwt.Infix

let coin name milliseconds = Mirage_sleep.ns (Duration.of_ms milliseconds) >|= fun () -> print_endline name

(* join waits for both. *)
let start () = Lwt.join [ coin "Heads" 10; coin "Tails" 20 ] >|= fun () -> print_endline "Finished"
