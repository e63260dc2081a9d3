(** Logs sent by TLS, which this runtime has not: [create] says so. *)

module Tls
    (C : Mirage_console_lwt.S)
    (CLOCK : Mirage_clock.PCLOCK)
    (STACK : Mirage_stack_lwt.V4)
    (KV : Mirage_kv_lwt.RO) : sig
  val create :
    C.t ->
    CLOCK.t ->
    STACK.t ->
    KV.t ->
    ?keyname:string ->
    hostname:string ->
    STACK.ipv4addr ->
    ?port:int ->
    ?truncate:int ->
    ?framing:Logs_syslog.framing ->
    ?facility:Syslog_message.facility ->
    unit ->
    (Logs.reporter, string) result STACK.io
end
