type service = { name : string; port : int; tls : bool }

module type S = sig
  type +'a io
  type t
  type svc = service
  type rewrite_fn = svc -> Uri.t -> Conduit.endp io
  type service_fn = string -> svc option io

  val resolve_uri : uri:Uri.t -> t -> Conduit.endp io
end
