module type S = Resolver.S with type svc = Resolver.service and type 'a io = 'a Lwt.t

type +'a io = 'a Lwt.t
type svc = Resolver.service
type service_fn = string -> svc option Lwt.t
type rewrite_fn = svc -> Uri.t -> Conduit.endp Lwt.t
type t = { mutable rewrites : (string * rewrite_fn) list }

let init ?service:_ ?(rewrites = []) () = { rewrites }
let add_rewrite ~host ~f t = t.rewrites <- (host, f) :: t.rewrites

(* A rewrite for the end of the host's name, the longest first; this one serves HTTP and knows no other service. *)
let resolve_uri ?(rewrites = []) ~uri t =
  let host = Option.value (Uri.host uri) ~default:"" in
  let fits (suffix, _) =
    let length = String.length suffix and all = String.length host in
    length <= all && String.sub host (all - length) length = suffix
  in
  let longest one other = compare (String.length (fst other)) (String.length (fst one)) in
  match List.sort longest (List.filter fits (rewrites @ t.rewrites)) with
  | [] -> Lwt.return (`Unknown host)
  | (_, rewrite) :: _ -> rewrite { Resolver.name = "http"; port = 80; tls = false } uri
