open Lwt.Infix

module Udp (C : Mirage_console_lwt.S) (_ : Mirage_clock.PCLOCK) (STACK : Mirage_stack_lwt.V4) = struct
  module U = STACK.UDPV4

  let create console _ stack ~hostname server ?(port = 514) ?truncate ?facility:_ () =
    let send line =
      U.write ~dst:server ~dst_port:port (STACK.udpv4 stack) (Cstruct.of_string line) >>= function
      | Ok () -> Lwt.return_unit
      | Error error -> C.log console (Format.asprintf "syslog: %a" U.pp_error error)
    in
    Logs_syslog.reporter ~hostname ?truncate (fun line -> Lwt.async (fun () -> send line))
end

module Tcp (C : Mirage_console_lwt.S) (_ : Mirage_clock.PCLOCK) (STACK : Mirage_stack_lwt.V4) = struct
  module T = STACK.TCPV4

  let create console _ stack ~hostname server ?(port = 514) ?truncate ?framing:_ ?facility:_ () =
    T.create_connection (STACK.tcpv4 stack) (server, port) >|= function
    | Error error -> Error (Format.asprintf "syslog: %a" T.pp_error error)
    | Ok flow ->
        let send line =
          T.write flow (Cstruct.of_string (line ^ "\n")) >>= function
          | Ok () -> Lwt.return_unit
          | Error error -> C.log console (Format.asprintf "syslog: %a" T.pp_write_error error)
        in
        Ok (Logs_syslog.reporter ~hostname ?truncate (fun line -> Lwt.async (fun () -> send line)))
end
