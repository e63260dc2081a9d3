(** Logs sent over a stack. What goes wrong is said on the console. *)

module Udp (C : Mirage_console_lwt.S) (CLOCK : Mirage_clock.PCLOCK) (STACK : Mirage_stack_lwt.V4) : sig
  val create :
    C.t ->
    CLOCK.t ->
    STACK.t ->
    hostname:string ->
    STACK.ipv4addr ->
    ?port:int ->
    ?truncate:int ->
    ?facility:Syslog_message.facility ->
    unit ->
    Logs.reporter
  (** The port is 514 where none is given. *)
end

module Tcp (C : Mirage_console_lwt.S) (CLOCK : Mirage_clock.PCLOCK) (STACK : Mirage_stack_lwt.V4) : sig
  val create :
    C.t ->
    CLOCK.t ->
    STACK.t ->
    hostname:string ->
    STACK.ipv4addr ->
    ?port:int ->
    ?truncate:int ->
    ?framing:Logs_syslog.framing ->
    ?facility:Syslog_message.facility ->
    unit ->
    (Logs.reporter, string) result STACK.io
  (** An error where the server cannot be reached. *)
end
