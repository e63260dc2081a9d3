(** The signatures of devices over Lwt's threads and Cstruct's buffers, by the names that configurations have for them. *)

module type TIME = Mirage_time_lwt.S
module type PCLOCK = Mirage_clock_lwt.PCLOCK
module type MCLOCK = Mirage_clock_lwt.MCLOCK
module type RANDOM = Mirage_random.C
module type FLOW = Mirage_flow_lwt.S
module type CONSOLE = Mirage_console_lwt.S
module type BLOCK = Mirage_block_lwt.S
module type KV_RO = Mirage_kv_lwt.RO
module type FS = Mirage_fs_lwt.S
module type NETWORK = Mirage_net_lwt.S
module type ETHIF = Mirage_protocols_lwt.ETHIF
module type ARP = Mirage_protocols_lwt.ARP
module type IP = Mirage_protocols_lwt.IP
module type IPV4 = Mirage_protocols_lwt.IPV4
module type IPV6 = Mirage_protocols_lwt.IPV6
module type ICMPV4 = Mirage_protocols_lwt.ICMPV4
module type UDP = Mirage_protocols_lwt.UDP
module type UDPV4 = Mirage_protocols_lwt.UDPV4
module type UDPV6 = Mirage_protocols_lwt.UDPV6
module type TCP = Mirage_protocols_lwt.TCP
module type TCPV4 = Mirage_protocols_lwt.TCPV4
module type TCPV6 = Mirage_protocols_lwt.TCPV6
module type STACKV4 = Mirage_stack_lwt.V4

type ipv4_config = Mirage_protocols_lwt.ipv4_config = {
  address : Ipaddr.V4.t;
  network : Ipaddr.V4.Prefix.t;
  gateway : Ipaddr.V4.t option;
}

module type DHCP_CLIENT = Mirage_protocols_lwt.DHCP_CLIENT
