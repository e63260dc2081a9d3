module Make (D : Qubes.S.DB) (E : Ethernet.S) (A : Arp.S) = struct
  module rec Made : sig
    include Tcpip.Ip.S with type ipaddr = Ipaddr.V4.t and type prefix = Ipaddr.V4.Prefix.t

    val connect : D.t -> E.t -> A.t -> t Lwt.t
  end =
    Made

  include Made
end
