(** Resolvers of names, whatever threads are. *)

type service = { name : string; port : int; tls : bool }

module type S = sig
  type +'a io
  type t
  type svc
  type service_fn = string -> svc option io
  type rewrite_fn = svc -> Uri.t -> Conduit.endp io

  val init : ?service:service_fn -> ?rewrites:(string * rewrite_fn) list -> unit -> t
  val add_rewrite : host:string -> f:rewrite_fn -> t -> unit
  val resolve_uri : ?rewrites:(string * rewrite_fn) list -> uri:Uri.t -> t -> Conduit.endp io
end
