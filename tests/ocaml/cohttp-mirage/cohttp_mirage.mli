(** Servers of HTTP. This one gives every client the same page. *)

module type SERVER = sig
  type t

  val make : page:string -> t
end

module Server_with_conduit : sig
  include SERVER

  val connect : Conduit_mirage.t -> (Conduit_mirage.server -> t -> unit Lwt.t) Lwt.t
end
