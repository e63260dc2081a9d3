module Make (E : Ethernet.S) (A : Arp.S) = struct
  module rec Made : sig
    include Tcpip.Ip.S with type ipaddr = Ipaddr.V4.t and type prefix = Ipaddr.V4.Prefix.t

    val connect :
      ?no_init:bool -> cidr:prefix -> ?gateway:ipaddr -> ?fragment_cache_size:int -> E.t -> A.t -> t Lwt.t
  end =
    Made

  include Made
end
