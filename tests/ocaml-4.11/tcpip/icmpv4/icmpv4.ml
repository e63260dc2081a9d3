module type S = sig
  type t
  type ipaddr = Ipaddr.V4.t
  type error

  val pp_error : error Fmt.t
  val disconnect : t -> unit Lwt.t
  val input : t -> src:ipaddr -> dst:ipaddr -> Cstruct.t -> unit Lwt.t
end

module Make (I : Tcpip.Ip.S with type ipaddr = Ipaddr.V4.t) = struct
  module rec Made : sig
    include S

    val connect : I.t -> t Lwt.t
  end =
    Made

  include Made
end
