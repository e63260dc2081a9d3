(** TCP over sockets of the host. *)

include Mirage_protocols_lwt.TCPV4 with type ipinput = unit Lwt.t

val connect : Ipaddr.V4.t option -> t Lwt.t
(** The address that connections are made from; [None] for any. *)

val listen : t -> Ipaddr.V4.t -> port:int -> (flow -> unit Lwt.t) -> unit Lwt.t
(** Hand over each connection that comes, for ever. *)
