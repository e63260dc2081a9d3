open Lwt.Infix

module Main (Time : Mirage_types_lwt.TIME) = struct
  let timeout milliseconds work =
    let late = Time.sleep_ns (Duration.of_ms milliseconds) in
    Lwt.choose [ late; Lwt.map ignore work ] >|= fun () ->
    match Lwt.state work with
    | Lwt.Return value -> Some value
    | Lwt.Fail error -> raise error
    | Lwt.Sleep ->
        Lwt.cancel work;
        None

  let start _time =
    let work = Time.sleep_ns (Duration.of_ms (Key_gen.takes ())) >|= fun () -> "done" in
    timeout 200 work >|= function Some result -> print_endline result | None -> print_endline "cancelled"
end
