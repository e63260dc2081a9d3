module type S = Resolver.S with type 'a io = 'a Lwt.t

module Make (S : Tcpip.Stack.V4V6) = struct
  type 'a io = 'a Lwt.t
  type svc = Resolver.service
  type rewrite_fn = svc -> Uri.t -> Conduit.endp io
  type service_fn = string -> svc option io

  module rec Made : sig
    type t

    val resolve_uri : uri:Uri.t -> t -> Conduit.endp io
    val v : ?nameservers:string list -> S.t -> (t, [> `Msg of string ]) result io
  end =
    Made

  include Made
end
