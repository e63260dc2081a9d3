module rec Server_with_conduit : sig
  type t

  val listen : 'conduit -> Conduit_mirage.server -> t -> unit Lwt.t
end =
  Server_with_conduit
