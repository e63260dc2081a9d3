module Udp (STACK : Tcpip.Stack.V4V6) = struct
  let create stack ~hostname dst ?(port = 514) ?truncate ?facility:(_ : Syslog_message.facility option) () =
    let send line =
      Lwt.async (fun () ->
          Lwt.map ignore (STACK.UDP.write ~dst ~dst_port:port (STACK.udp stack) (Cstruct.of_string line)))
    in
    Logs_syslog.reporter ~hostname ?truncate send
end

module Tcp (STACK : Tcpip.Stack.V4V6) = struct
  let create stack ~hostname dst ?(port = 514) ?truncate ?framing:(_ : Logs_syslog.framing option)
      ?facility:(_ : Syslog_message.facility option) () =
    let connected = function
      | Error error -> Error (Fmt.str "%a" STACK.TCP.pp_error error)
      | Ok flow ->
          let send line = Lwt.async (fun () -> Lwt.map ignore (STACK.TCP.write flow (Cstruct.of_string (line ^ "\000")))) in
          Ok (Logs_syslog.reporter ~hostname ?truncate send)
    in
    Lwt.map connected (STACK.TCP.create_connection (STACK.tcp stack) (dst, port))
end
