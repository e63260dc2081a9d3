module type S = sig
  type error = private [> `Timeout ]
  type t

  val pp_error : error Fmt.t
  val disconnect : t -> unit Lwt.t
  val get_ips : t -> Ipaddr.V4.t list
  val set_ips : t -> Ipaddr.V4.t list -> unit Lwt.t
  val query : t -> Ipaddr.V4.t -> (Macaddr.t, error) result Lwt.t
  val input : t -> Cstruct.t -> unit Lwt.t
end

module Make (Ethernet : Ethernet.S) = struct
  module rec Made : sig
    include S

    val connect : ?probe_delay:int64 -> Ethernet.t -> t Lwt.t
  end =
    Made

  include Made
end
