module Ethif = struct
  type error = Mirage_device.error
end

module type ETHIF = sig
  type error = private [> Mirage_device.error ]

  val pp_error : Format.formatter -> error -> unit

  type buffer
  type macaddr

  include Mirage_device.S

  val write : t -> buffer -> (unit, error) result io
  val mac : t -> macaddr
  val mtu : t -> int

  val input :
    arpv4:(buffer -> unit io) -> ipv4:(buffer -> unit io) -> ipv6:(buffer -> unit io) -> t -> buffer -> unit io
end

module Ip = struct
  type error = [ `No_route of string ]
end

module type IP = sig
  type error = private [> Ip.error ]

  val pp_error : Format.formatter -> error -> unit

  type buffer
  type ipaddr

  include Mirage_device.S

  type callback = src:ipaddr -> dst:ipaddr -> buffer -> unit io

  val input : t -> tcp:callback -> udp:callback -> default:(proto:int -> callback) -> buffer -> unit io
  val write : t -> buffer -> buffer -> (unit, error) result io
  val src : t -> dst:ipaddr -> ipaddr
  val set_ip : t -> ipaddr -> unit io
  val get_ip : t -> ipaddr list

  type uipaddr

  val to_uipaddr : ipaddr -> uipaddr
  val of_uipaddr : uipaddr -> ipaddr option
  val mtu : t -> int
end

module Arp = struct
  type error = [ `Timeout ]
end

module type ARP = sig
  include Mirage_device.S

  type ipaddr
  type buffer
  type macaddr
  type error = private [> Arp.error ]

  val pp_error : Format.formatter -> error -> unit
  val get_ips : t -> ipaddr list
  val set_ips : t -> ipaddr list -> unit io
  val query : t -> ipaddr -> (macaddr, error) result io
  val input : t -> buffer -> unit io
end

module type IPV4 = IP
module type IPV6 = IP

module type ICMP = sig
  include Mirage_device.S

  type ipaddr
  type buffer
  type error

  val pp_error : Format.formatter -> error -> unit
  val input : t -> src:ipaddr -> dst:ipaddr -> buffer -> unit io
  val write : t -> dst:ipaddr -> buffer -> (unit, error) result io
end

module type ICMPV4 = ICMP

module type UDP = sig
  type error

  val pp_error : Format.formatter -> error -> unit

  type buffer
  type ipaddr
  type ipinput

  include Mirage_device.S

  type callback = src:ipaddr -> dst:ipaddr -> src_port:int -> buffer -> unit io

  val input : listeners:(dst_port:int -> callback option) -> t -> ipinput
  val write : ?src_port:int -> dst:ipaddr -> dst_port:int -> t -> buffer -> (unit, error) result io
end

module Tcp = struct
  type error = [ `Timeout | `Refused ]
  type write_error = [ error | Mirage_flow.write_error ]
end

module Keepalive = struct
  type t = { after : int64; interval : int64; probes : int }
end

module type TCP = sig
  type error = private [> Tcp.error ]
  type write_error = private [> Tcp.write_error ]
  type buffer
  type ipaddr
  type ipinput
  type flow

  include Mirage_device.S

  include
    Mirage_flow.S
      with type 'a io := 'a io
       and type buffer := buffer
       and type flow := flow
       and type error := error
       and type write_error := write_error

  val dst : flow -> ipaddr * int
  val create_connection : ?keepalive:Keepalive.t -> t -> ipaddr * int -> (flow, error) result io

  type listener = { process : flow -> unit io; keepalive : Keepalive.t option }

  val input : t -> listeners:(int -> listener option) -> ipinput
end
