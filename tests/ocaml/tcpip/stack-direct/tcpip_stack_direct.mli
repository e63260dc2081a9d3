type ipv4_input = src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

module type UDPV4_DIRECT = Mirage_protocols_lwt.UDPV4 with type ipinput = ipv4_input
module type TCPV4_DIRECT = Mirage_protocols_lwt.TCPV4 with type ipinput = ipv4_input

module Make
    (Time : Mirage_time.S)
    (Random : Mirage_random.C)
    (Netif : Mirage_net_lwt.S)
    (Ethif : Mirage_protocols_lwt.ETHIF)
    (Arpv4 : Mirage_protocols_lwt.ARP)
    (Ipv4 : Mirage_protocols_lwt.IPV4)
    (Icmpv4 : Mirage_protocols_lwt.ICMPV4)
    (Udpv4 : UDPV4_DIRECT)
    (Tcpv4 : TCPV4_DIRECT) : sig
  include
    Mirage_stack_lwt.V4
      with type udpv4 = Udpv4.t
       and type tcpv4 = Tcpv4.t
       and type ipv4 = Ipv4.t
       and module UDPV4 = Udpv4
       and module TCPV4 = Tcpv4

  val connect : Netif.t -> Ethif.t -> Arpv4.t -> Ipv4.t -> Icmpv4.t -> Udpv4.t -> Tcpv4.t -> t Lwt.t
end
