(** Connections by name. This one serves TCP on the stack that it was taught; TLS it only hears of. *)

type server = [ `TCP of int  (** its port *) ]
type callback = (Cstruct.t -> unit Lwt.t) -> unit Lwt.t

type conduit
type t = conduit

val empty : t

module With_tcp (Stack : Mirage_types_lwt.STACKV4) : sig
  val connect : Stack.t -> t -> t Lwt.t
end

val with_tls : t -> t Lwt.t
(** Fails where there is no TCP that TLS could run over. *)

val listen : t -> server -> callback -> unit Lwt.t
(** The callback gets, for each connection, what writes to it. Fails without TCP. *)
