(** The signatures of devices, by the names that configurations have for them. *)

module type TIME = Mirage_time.S
module type PCLOCK = Mirage_clock.PCLOCK
module type MCLOCK = Mirage_clock.MCLOCK
module type RANDOM = Mirage_random.S
module type FLOW = Mirage_flow.S
module type CONSOLE = Mirage_console.S
module type BLOCK = Mirage_block.S
module type KV_RO = Mirage_kv.RO
module type FS = Mirage_fs.S
module type NETWORK = Mirage_net.S
module type ETHIF = Mirage_protocols.ETHIF
module type ARP = Mirage_protocols.ARP
module type IP = Mirage_protocols.IP
module type IPV4 = Mirage_protocols.IPV4
module type IPV6 = Mirage_protocols.IPV6
module type ICMP = Mirage_protocols.ICMP
module type ICMPV4 = Mirage_protocols.ICMPV4
module type UDP = Mirage_protocols.UDP
module type TCP = Mirage_protocols.TCP
module type STACKV4 = Mirage_stack.V4
