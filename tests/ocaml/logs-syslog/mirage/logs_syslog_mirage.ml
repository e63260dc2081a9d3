open Lwt.Infix
open Mirage_types_lwt

module Udp (C : CONSOLE) (_ : PCLOCK) (Stack : STACKV4) = struct
  module U = Stack.UDPV4

  let create console _ stack ~hostname ?(port = 514) server ?truncate () =
    let send line =
      U.write ~dst:server ~dst_port:port (Stack.udpv4 stack) (Cstruct.of_string line) >>= function
      | Ok () -> Lwt.return_unit
      | Error error -> C.log console (Format.asprintf "syslog: %a" U.pp_error error)
    in
    Logs_syslog.reporter ~hostname ?truncate (fun line -> Lwt.async (fun () -> send line))
end

module Tcp (C : CONSOLE) (_ : PCLOCK) (Stack : STACKV4) = struct
  module T = Stack.TCPV4

  let create console _ stack ~hostname ?(port = 514) server ?truncate () =
    T.create_connection (Stack.tcpv4 stack) (server, port) >|= function
    | Error error -> Error (Format.asprintf "syslog: %a" T.pp_error error)
    | Ok flow ->
        let send line =
          T.write flow (Cstruct.of_string (line ^ "\n")) >>= function
          | Ok () -> Lwt.return_unit
          | Error error -> C.log console (Format.asprintf "syslog: %a" T.pp_write_error error)
        in
        Ok (Logs_syslog.reporter ~hostname ?truncate (fun line -> Lwt.async (fun () -> send line)))
end
