open Mirage_protocols

module type ETHIF = ETHIF with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type macaddr = Macaddr.t

module type ARP =
  ARP
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipaddr = Ipaddr.V4.t
     and type macaddr = Macaddr.t

module type IP = IP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type uipaddr = Ipaddr.t
module type IPV4 = IP with type ipaddr = Ipaddr.V4.t
module type IPV6 = IP with type ipaddr = Ipaddr.V6.t
module type ICMP = ICMP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type ICMPV4 = ICMP with type ipaddr = Ipaddr.V4.t
module type UDP = UDP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type UDPV4 = UDP with type ipaddr = Ipaddr.V4.t
module type UDPV6 = UDP with type ipaddr = Ipaddr.V6.t
module type TCP = TCP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type TCPV4 = TCP with type ipaddr = Ipaddr.V4.t
module type TCPV6 = TCP with type ipaddr = Ipaddr.V6.t

type ipv4_config = { address : Ipaddr.V4.t; network : Ipaddr.V4.Prefix.t; gateway : Ipaddr.V4.t option }

(** A client of DHCP is the stream of what it is told. *)
module type DHCP_CLIENT = sig
  type t = ipv4_config Lwt_stream.t
end
