open Mirage_protocols

module type V4 = sig
  include Mirage_device.S

  type ipv4addr
  type buffer
  type tcpv4
  type udpv4
  type ipv4

  module UDPV4 : UDP with type 'a io = 'a io and type ipaddr = ipv4addr and type buffer = buffer and type t = udpv4
  module TCPV4 : TCP with type 'a io = 'a io and type ipaddr = ipv4addr and type buffer = buffer and type t = tcpv4

  val udpv4 : t -> udpv4
  val tcpv4 : t -> tcpv4
  val ipv4 : t -> ipv4
  val listen_udpv4 : t -> port:int -> UDPV4.callback -> unit
  val listen_tcpv4 : ?keepalive:Keepalive.t -> t -> port:int -> (TCPV4.flow -> unit io) -> unit
  val listen : t -> unit io
end
