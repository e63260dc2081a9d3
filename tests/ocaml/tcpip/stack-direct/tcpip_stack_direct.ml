type ipv4_input = src:Ipaddr.V4.t -> dst:Ipaddr.V4.t -> Cstruct.t -> unit Lwt.t

module type UDPV4_DIRECT = Mirage_protocols_lwt.UDPV4 with type ipinput = ipv4_input
module type TCPV4_DIRECT = Mirage_protocols_lwt.TCPV4 with type ipinput = ipv4_input

module Make
    (_ : Mirage_time.S)
    (_ : Mirage_random.C)
    (_ : Mirage_net_lwt.S)
    (_ : Mirage_protocols_lwt.ETHIF)
    (_ : Mirage_protocols_lwt.ARP)
    (Ipv4 : Mirage_protocols_lwt.IPV4)
    (_ : Mirage_protocols_lwt.ICMPV4)
    (Udpv4 : UDPV4_DIRECT)
    (Tcpv4 : TCPV4_DIRECT) =
struct
  include Direct_layers.Device

  type buffer = Cstruct.t
  type ipv4addr = Ipaddr.V4.t
  type udpv4 = Udpv4.t
  type tcpv4 = Tcpv4.t
  type ipv4 = Ipv4.t

  module UDPV4 = Udpv4
  module TCPV4 = Tcpv4

  let udpv4 (t : t) = match t with _ -> .
  let tcpv4 (t : t) = match t with _ -> .
  let ipv4 (t : t) = match t with _ -> .
  let listen_udpv4 (t : t) ~port:_ _ = match t with _ -> .
  let listen_tcpv4 ?keepalive:_ (t : t) ~port:_ _ = match t with _ -> .
  let listen (t : t) = match t with _ -> .
  let connect _ _ _ _ _ _ _ = Direct_layers.connect "Tcpip_stack_direct"
end
