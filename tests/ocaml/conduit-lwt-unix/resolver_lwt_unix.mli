val system : Resolver_lwt.t
(** The host's own resolver. *)
