(** TCP over sockets of the host, of IPv4 alone. *)

type failed = [ `Failed of string ]

include
  Tcpip.Tcp.S
    with type ipaddr = Ipaddr.t
     and type error = [ Tcpip.Tcp.error | failed ]
     and type write_error = [ Tcpip.Tcp.write_error | failed ]

val connect : ipv4_only:bool -> ipv6_only:bool -> Ipaddr.V4.Prefix.t -> Ipaddr.V6.Prefix.t option -> t Lwt.t
