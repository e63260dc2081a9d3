module type S = Resolver.S with type 'a io = 'a Lwt.t

module Make (S : Tcpip.Stack.V4V6) = struct
  type 'a io = 'a Lwt.t
  type svc = Resolver.service
  type rewrite_fn = svc -> Uri.t -> Conduit.endp io
  type service_fn = string -> svc option io
  type t = S.t

  let v ?nameservers:_ stack : (t, [> `Msg of string ]) result io = Lwt.return_ok stack

  (* An address that is written as such, without asking anybody. *)
  let resolve_uri ~uri (_ : t) : Conduit.endp io =
    let host = Option.value (Uri.host uri) ~default:"" in
    let secure = Uri.scheme uri = Some "https" in
    let port = Option.value (Uri.port uri) ~default:(if secure then 443 else 80) in
    Lwt.return
      (match Ipaddr.of_string host with
      | Error _ -> `Unknown host
      | Ok address when secure -> `TLS (host, `TCP (address, port))
      | Ok address -> `TCP (address, port))
end
