open Lwt.Infix

module Main (Time : Mirage_types_lwt.TIME) (Stack : Mirage_types_lwt.STACKV4) = struct
  module T = Stack.TCPV4

  let rec echo flow =
    T.read flow >>= function
    | Ok `Eof -> T.close flow
    | Ok (`Data text) -> (
        T.write flow text >>= function
        | Ok () -> echo flow
        | Error error -> Lwt.fail_with (Format.asprintf "%a" T.pp_write_error error))
    | Error error -> Lwt.fail_with (Format.asprintf "%a" T.pp_error error)

  let start _time stack =
    let left, leave = Lwt.wait () in
    Stack.listen_tcpv4 stack ~port:(Key_gen.port ()) (fun flow -> echo flow >|= Lwt.wakeup leave);
    let too_late = Time.sleep_ns (Duration.of_sec 60) >>= fun () -> Lwt.fail_with "no client came" in
    Lwt.pick [ left; Stack.listen stack; too_late ]
end
