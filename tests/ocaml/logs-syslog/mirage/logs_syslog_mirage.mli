(** Logs sent over a stack. What goes wrong is said on the console. *)

open Mirage_types_lwt

module Udp (C : CONSOLE) (Clock : PCLOCK) (Stack : STACKV4) : sig
  val create :
    C.t -> Clock.t -> Stack.t -> hostname:string -> ?port:int -> Ipaddr.V4.t -> ?truncate:int -> unit -> Logs.reporter
  (** The port is 514 where none is given. *)
end

module Tcp (C : CONSOLE) (Clock : PCLOCK) (Stack : STACKV4) : sig
  val create :
    C.t ->
    Clock.t ->
    Stack.t ->
    hostname:string ->
    ?port:int ->
    Ipaddr.V4.t ->
    ?truncate:int ->
    unit ->
    (Logs.reporter, string) result Lwt.t
  (** An error where the server cannot be reached. *)
end
