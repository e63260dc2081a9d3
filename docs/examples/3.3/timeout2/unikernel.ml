open Lwt.Infix

module Main (Time : Mirage_types_lwt.TIME) = struct
  (* pick cancels all but the first. *)
  let timeout milliseconds work =
    Lwt.pick [ (Time.sleep_ns (Duration.of_ms milliseconds) >|= fun () -> None); (work >|= fun value -> Some value) ]

  let start _time =
    let work = Time.sleep_ns (Duration.of_ms (Key_gen.takes ())) >|= fun () -> "done" in
    timeout 200 work >|= function Some result -> print_endline result | None -> print_endline "cancelled"
end
