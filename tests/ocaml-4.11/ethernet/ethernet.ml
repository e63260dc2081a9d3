module type S = sig
  type error = private [> `Exceeds_mtu ]
  type t

  val pp_error : error Fmt.t
  val disconnect : t -> unit Lwt.t
  val mac : t -> Macaddr.t
  val mtu : t -> int
  val input : arpv4:(Cstruct.t -> unit Lwt.t) -> ipv4:(Cstruct.t -> unit Lwt.t) -> ipv6:(Cstruct.t -> unit Lwt.t) -> t -> Cstruct.t -> unit Lwt.t
end

module Make (N : Mirage_net.S) = struct
  module rec Made : sig
    include S

    val connect : N.t -> t Lwt.t
  end =
    Made

  include Made
end
