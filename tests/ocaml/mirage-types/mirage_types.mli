(** Signatures of devices, whatever threads and buffers are. *)

(** {1 Errors and records} *)

type flow_write_error = [ `Closed ]
type kv_error = [ `Unknown_key of string | `Failure of string ]
type block_error = [ `Disconnected | `Unimplemented ]
type block_write_error = [ block_error | `Is_read_only ]
type fs_error = [ `Is_a_directory | `No_directory_entry | `Not_a_directory ]
type tcp_error = [ `Timeout | `Refused ]
type tcp_write_error = [ tcp_error | flow_write_error ]
type net_error = [ `Disconnected | `Unimplemented ]
type ethif_error = [ `Exceeds_mtu ]
type ip_error = [ `No_route of string | `Would_fragment ]
type block_info = { read_write : bool; sector_size : int; size_sectors : int64 }
type keepalive = { after : int64; interval : int64; probes : int }

(** {1 Devices} *)

module type DEVICE = sig
  type +'a io
  type t

  val disconnect : t -> unit io
end

module type TIME = sig
  type +'a io

  val sleep_ns : int64 -> unit io
end

module type PCLOCK = sig
  include DEVICE

  val now_d_ps : t -> int * int64
  val current_tz_offset_s : t -> int option
  val period_d_ps : t -> (int * int64) option
end

module type MCLOCK = sig
  include DEVICE

  val elapsed_ns : t -> int64
  val period_ns : t -> int64 option
end

module type RANDOM = sig
  type g
  type buffer

  val generate : ?g:g -> int -> buffer
end

module type FLOW = sig
  type +'a io
  type buffer
  type flow
  type error
  type write_error = private [> flow_write_error ]

  val pp_error : Format.formatter -> error -> unit
  val pp_write_error : Format.formatter -> write_error -> unit
  val read : flow -> ([ `Data of buffer | `Eof ], error) result io
  val write : flow -> buffer -> (unit, write_error) result io
  val writev : flow -> buffer list -> (unit, write_error) result io
  val close : flow -> unit io
end

module type CONSOLE = sig
  include DEVICE
  include FLOW with type 'a io := 'a io and type flow = t

  val log : t -> string -> unit io
end

module type BLOCK = sig
  include DEVICE

  type page_aligned_buffer
  type error = private [> block_error ]
  type write_error = private [> block_write_error ]

  val pp_error : Format.formatter -> error -> unit
  val pp_write_error : Format.formatter -> write_error -> unit
  val get_info : t -> block_info io
  val read : t -> int64 -> page_aligned_buffer list -> (unit, error) result io
  val write : t -> int64 -> page_aligned_buffer list -> (unit, write_error) result io
end

module type KV_RO = sig
  include DEVICE

  type page_aligned_buffer
  type error = private [> kv_error ]

  val pp_error : Format.formatter -> error -> unit
  val read : t -> string -> int64 -> int64 -> (page_aligned_buffer list, error) result io
  val mem : t -> string -> (bool, error) result io
  val size : t -> string -> (int64, error) result io
end

module type FS = sig
  include DEVICE

  type page_aligned_buffer
  type error = private [> fs_error ]

  val pp_error : Format.formatter -> error -> unit
  val read : t -> string -> int -> int -> (page_aligned_buffer list, error) result io
  val size : t -> string -> (int64, error) result io
  val listdir : t -> string -> (string list, error) result io
end

(** {1 The network} *)

module type NETWORK = sig
  include DEVICE

  type buffer
  type macaddr
  type error = private [> net_error ]

  val pp_error : Format.formatter -> error -> unit
  val write : t -> buffer -> (unit, error) result io
  val listen : t -> (buffer -> unit io) -> (unit, error) result io
  val mac : t -> macaddr
end

module type ETHIF = sig
  include DEVICE

  type buffer
  type macaddr
  type error = private [> ethif_error ]

  val pp_error : Format.formatter -> error -> unit
  val write : t -> buffer -> (unit, error) result io
  val mac : t -> macaddr
  val mtu : t -> int

  val input :
    arpv4:(buffer -> unit io) -> ipv4:(buffer -> unit io) -> ipv6:(buffer -> unit io) -> t -> buffer -> unit io
end

module type ARP = sig
  include DEVICE

  type buffer
  type ipaddr
  type macaddr
  type error = private [> `Timeout ]

  val pp_error : Format.formatter -> error -> unit
  val get_ips : t -> ipaddr list
  val set_ips : t -> ipaddr list -> unit io
  val query : t -> ipaddr -> (macaddr, error) result io
  val input : t -> buffer -> unit io
end

module type IP = sig
  include DEVICE

  type buffer
  type ipaddr
  type prefix
  type error = private [> ip_error ]
  type callback = src:ipaddr -> dst:ipaddr -> buffer -> unit io

  val pp_error : Format.formatter -> error -> unit
  val input : t -> tcp:callback -> udp:callback -> default:(proto:int -> callback) -> buffer -> unit io
  val write : t -> ipaddr -> [ `ICMP | `TCP | `UDP ] -> buffer list -> (unit, error) result io
  val get_ip : t -> ipaddr list
  val src : t -> dst:ipaddr -> ipaddr
  val mtu : t -> int
end

module type ICMP = sig
  include DEVICE

  type buffer
  type ipaddr
  type error

  val pp_error : Format.formatter -> error -> unit
  val input : t -> src:ipaddr -> dst:ipaddr -> buffer -> unit io
  val write : t -> dst:ipaddr -> ?ttl:int -> buffer -> (unit, error) result io
end

module type UDP = sig
  include DEVICE

  type buffer
  type ipaddr
  type ipinput
  type error
  type callback = src:ipaddr -> dst:ipaddr -> src_port:int -> buffer -> unit io

  val pp_error : Format.formatter -> error -> unit
  val input : listeners:(dst_port:int -> callback option) -> t -> ipinput
  val write : ?src_port:int -> dst:ipaddr -> dst_port:int -> t -> buffer -> (unit, error) result io
end

module type TCP = sig
  include DEVICE

  type ipaddr
  type ipinput
  type error = private [> tcp_error ]
  type write_error = private [> tcp_write_error ]

  include FLOW with type 'a io := 'a io and type error := error and type write_error := write_error

  val dst : flow -> ipaddr * int
  val create_connection : ?keepalive:keepalive -> t -> ipaddr * int -> (flow, error) result io
  val input : t -> listeners:(int -> (flow -> unit io) option) -> ipinput
end

module type STACKV4 = sig
  include DEVICE

  type buffer
  type ipv4addr
  type tcpv4
  type udpv4
  type ipv4

  module UDPV4 : UDP with type 'a io = 'a io and type t = udpv4 and type ipaddr = ipv4addr and type buffer = buffer
  module TCPV4 : TCP with type 'a io = 'a io and type t = tcpv4 and type ipaddr = ipv4addr and type buffer = buffer

  val udpv4 : t -> udpv4
  val tcpv4 : t -> tcpv4
  val ipv4 : t -> ipv4
  val listen_udpv4 : t -> port:int -> UDPV4.callback -> unit
  val listen_tcpv4 : ?keepalive:keepalive -> t -> port:int -> (TCPV4.flow -> unit io) -> unit
  val listen : t -> unit io
end
