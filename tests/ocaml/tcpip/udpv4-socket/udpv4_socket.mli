(** UDP over sockets of the host. *)

include Mirage_protocols_lwt.UDPV4 with type ipinput = unit Lwt.t

type ip = Ipaddr.V4.t option

val connect : ip -> t Lwt.t
(** The address that messages are sent from; [None] for any. *)

val listen : t -> Ipaddr.V4.t -> port:int -> callback -> unit Lwt.t
(** Hand over each message that comes, for ever. *)
