(** Connections by name. This one serves TCP on the stack that it was taught, and over TLS encrypts nothing. *)

module Flow : Mirage_types_lwt.FLOW

type callback = Flow.flow -> unit Lwt.t
type client = [ `TCP of Ipaddr.t * int | `TLS of string * client ]
type server = [ `TCP of int  (** its port *) | `TLS of Tls.Config.server * server ]
type conduit

module type S = sig
  type t = conduit

  val empty : t

  module With_tcp (S : Mirage_types_lwt.STACKV4) : sig
    val connect : S.t -> t -> t Lwt.t
  end

  val with_tls : t -> t Lwt.t
  (** Fails where there is no TCP that TLS could run over. *)

  val connect : t -> client -> Flow.flow Lwt.t

  val listen : t -> server -> callback -> unit Lwt.t
  (** Hand over each connection that comes. Fails without TCP. *)
end

include S

val client : Conduit.endp -> client Lwt.t
(** Fails for what is not an address. *)
