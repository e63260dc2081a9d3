(** A server of HTTP. This one answers one request on each connection. *)

include Cohttp_lwt.S.Server with type IO.conn = Conduit_mirage.Flow.flow

val connect : Conduit_mirage.t -> (Conduit_mirage.server -> t -> unit Lwt.t) Lwt.t
