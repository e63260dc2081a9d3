module type V4V6 = sig
  type t

  module UDP : Tcpip__Udp.S with type ipaddr = Ipaddr.t
  module TCP : Tcpip__Tcp.S with type ipaddr = Ipaddr.t
  module IP : Tcpip__Ip.S with type ipaddr = Ipaddr.t and type prefix = Ipaddr.Prefix.t

  val disconnect : t -> unit Lwt.t
  val udp : t -> UDP.t
  val tcp : t -> TCP.t
  val ip : t -> IP.t
  val listen : t -> unit Lwt.t
end
