module type S = sig
  type t

  val resolve : t -> string -> Ipaddr.t list Lwt.t
end

type t = string -> Ipaddr.t list Lwt.t

let of_function resolve = resolve
let resolve t host = t host
