module Tls (STACK : Tcpip.Stack.V4V6) (KV : Mirage_kv.RO) = struct
  module rec Made : sig
    val create :
      STACK.t ->
      KV.t ->
      ?keyname:string ->
      hostname:string ->
      Ipaddr.t ->
      ?port:int ->
      ?truncate:int ->
      ?framing:Logs_syslog.framing ->
      ?facility:Syslog_message.facility ->
      unit ->
      (Logs.reporter, string) result Lwt.t
  end =
    Made

  include Made
end
