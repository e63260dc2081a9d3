open Lwt.Infix

module Main (Time : Mirage_types_lwt.TIME) = struct
  let coin name milliseconds = Time.sleep_ns (Duration.of_ms milliseconds) >|= fun () -> print_endline name

  (* join waits for both. *)
  let start _time = Lwt.join [ coin "Heads" 10; coin "Tails" 20 ] >|= fun () -> print_endline "Finished"
end
