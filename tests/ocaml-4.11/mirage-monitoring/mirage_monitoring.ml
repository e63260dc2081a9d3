module Make (S : Tcpip.Stack.V4V6) = struct
  let create ?interval:(_ : int option) ?hostname:(_ : string option) (_ : Ipaddr.t) ?port:(_ : int option)
      ?listen_port:(_ : int option) ?memtrace_port:(_ : int option) ?sampling_rate:(_ : float option) (_ : S.t) =
    Logs.info (fun m -> m "nothing is monitored here")
end
