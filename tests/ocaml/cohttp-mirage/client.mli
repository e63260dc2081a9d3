(** A client of HTTP. This one asks once on each connection. *)

include Cohttp_lwt.S.Client

val ctx : Resolver_lwt.t -> Conduit_mirage.t -> ctx
