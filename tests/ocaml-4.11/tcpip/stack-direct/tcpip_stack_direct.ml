module IPV4V6
    (Ipv4 : Tcpip.Ip.S with type ipaddr = Ipaddr.V4.t and type prefix = Ipaddr.V4.Prefix.t)
    (Ipv6 : Tcpip.Ip.S with type ipaddr = Ipaddr.V6.t and type prefix = Ipaddr.V6.Prefix.t) =
struct
  module rec Made : sig
    include Tcpip.Ip.S with type ipaddr = Ipaddr.t and type prefix = Ipaddr.Prefix.t

    val connect : ipv4_only:bool -> ipv6_only:bool -> Ipv4.t -> Ipv6.t -> t Lwt.t
  end =
    Made

  include Made
end

module MakeV4V6
    (Netif : Mirage_net.S)
    (Ethernet : Ethernet.S)
    (Arpv4 : Arp.S)
    (Ip : Tcpip.Ip.S with type ipaddr = Ipaddr.t and type prefix = Ipaddr.Prefix.t)
    (Icmpv4 : Icmpv4.S)
    (Udp : Tcpip.Udp.S with type ipaddr = Ipaddr.t)
    (Tcp : Tcpip.Tcp.S with type ipaddr = Ipaddr.t) =
struct
  module UDP = Udp
  module TCP = Tcp
  module IP = Ip

  module rec Made : sig
    type t

    val disconnect : t -> unit Lwt.t
    val udp : t -> Udp.t
    val tcp : t -> Tcp.t
    val ip : t -> Ip.t
    val listen : t -> unit Lwt.t
    val connect : Netif.t -> Ethernet.t -> Arpv4.t -> Ip.t -> Icmpv4.t -> Udp.t -> Tcp.t -> t Lwt.t
  end =
    Made

  include Made
end

module TCPV4V6 (S : Tcpip.Stack.V4V6) = struct
  include S.TCP

  let connect stack = Lwt.return (S.tcp stack)
end
