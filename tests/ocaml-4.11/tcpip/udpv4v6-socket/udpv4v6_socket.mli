(** UDP over sockets of the host, of IPv4 alone. *)

include Tcpip.Udp.S with type ipaddr = Ipaddr.t and type error = [ `Unsent of string ]

val connect : ipv4_only:bool -> ipv6_only:bool -> Ipaddr.V4.Prefix.t -> Ipaddr.V6.Prefix.t option -> t Lwt.t
