(** Signatures of devices, over the threads of Lwt and the buffers of Cstruct. *)

open Mirage_types

module type TIME = TIME with type 'a io = 'a Lwt.t
module type PCLOCK = PCLOCK with type 'a io = 'a Lwt.t
module type MCLOCK = MCLOCK with type 'a io = 'a Lwt.t
module type RANDOM = RANDOM with type buffer = Cstruct.t
module type FLOW = FLOW with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type CONSOLE = CONSOLE with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type BLOCK = BLOCK with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t
module type KV_RO = KV_RO with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t
module type FS = FS with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t
module type NETWORK = NETWORK with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type macaddr = Macaddr.t
module type ETHIF = ETHIF with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type macaddr = Macaddr.t

module type ARP =
  ARP
    with type 'a io = 'a Lwt.t
     and type buffer = Cstruct.t
     and type ipaddr = Ipaddr.V4.t
     and type macaddr = Macaddr.t

module type IP = IP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type IPV4 = IP with type ipaddr = Ipaddr.V4.t and type prefix = Ipaddr.V4.Prefix.t
module type IPV6 = IP with type ipaddr = Ipaddr.V6.t and type prefix = Ipaddr.V6.Prefix.t
module type ICMPV4 = ICMP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type ipaddr = Ipaddr.V4.t
module type UDP = UDP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type UDPV4 = UDP with type ipaddr = Ipaddr.V4.t
module type UDPV6 = UDP with type ipaddr = Ipaddr.V6.t
module type TCP = TCP with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
module type TCPV4 = TCP with type ipaddr = Ipaddr.V4.t
module type TCPV6 = TCP with type ipaddr = Ipaddr.V6.t

module type STACKV4 =
  STACKV4 with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type ipv4addr = Ipaddr.V4.t

type ipv4_config = { address : Ipaddr.V4.t; network : Ipaddr.V4.Prefix.t; gateway : Ipaddr.V4.t option }

(** A client of DHCP is the stream of what it is told. *)
module type DHCP_CLIENT = sig
  type t = ipv4_config Lwt_stream.t
end
