(* The layers of a stack of one's own. The tests compile glue code against them, and never run it: no value of a layer
   exists, connecting fails, and so there is nothing for their functions to do. *)

module Device = struct
  type +'a io = 'a Lwt.t
  type t = |

  let disconnect (t : t) = match t with _ -> .
end

let connect what = Lwt.fail_with (what ^ ": this runtime has only the signatures of layers below sockets")
let pp_error ppf _ = Format.pp_print_string ppf "an error of a layer that cannot run"

module Network = struct
  include Device

  type buffer = Cstruct.t
  type macaddr = Macaddr.t
  type error = Mirage_types.net_error

  let pp_error = pp_error
  let write (t : t) _ = match t with _ -> .
  let listen (t : t) _ = match t with _ -> .
  let mac (t : t) = match t with _ -> .
end

module Ethif = struct
  include Device

  type buffer = Cstruct.t
  type macaddr = Macaddr.t
  type error = Mirage_types.ethif_error

  let pp_error = pp_error
  let write (t : t) _ = match t with _ -> .
  let mac (t : t) = match t with _ -> .
  let mtu (t : t) = match t with _ -> .
  let input ~arpv4:_ ~ipv4:_ ~ipv6:_ (t : t) _ = match t with _ -> .
end

module Arp = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Ipaddr.V4.t
  type macaddr = Macaddr.t
  type error = [ `Timeout ]

  let pp_error = pp_error
  let get_ips (t : t) = match t with _ -> .
  let set_ips (t : t) _ = match t with _ -> .
  let query (t : t) _ = match t with _ -> .
  let input (t : t) _ = match t with _ -> .
end

module Ip (Address : sig
  type t

  module Prefix : sig
    type t
  end
end) =
struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Address.t
  type prefix = Address.Prefix.t
  type error = Mirage_types.ip_error
  type callback = src:ipaddr -> dst:ipaddr -> buffer -> unit io

  let pp_error = pp_error
  let input (t : t) ~tcp:_ ~udp:_ ~default:_ _ = match t with _ -> .
  let write (t : t) _ _ _ = match t with _ -> .
  let get_ip (t : t) = match t with _ -> .
  let src (t : t) ~dst:_ = match t with _ -> .
  let mtu (t : t) = match t with _ -> .
end

module Icmpv4 = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Ipaddr.V4.t
  type error = [ `Unreachable ]

  let pp_error = pp_error
  let input (t : t) ~src:_ ~dst:_ _ = match t with _ -> .
  let write (t : t) ~dst:_ ?ttl:_ _ = match t with _ -> .
end

module Udp (Ip : Mirage_types_lwt.IP) = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Ip.ipaddr
  type ipinput = src:ipaddr -> dst:ipaddr -> buffer -> unit Lwt.t
  type error = [ `Unreachable ]
  type callback = src:ipaddr -> dst:ipaddr -> src_port:int -> buffer -> unit io

  let pp_error = pp_error
  let input ~listeners:_ (t : t) = match t with _ -> .
  let write ?src_port:_ ~dst:_ ~dst_port:_ (t : t) _ = match t with _ -> .
end

module Tcp (Ip : Mirage_types_lwt.IP) = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Ip.ipaddr
  type ipinput = src:ipaddr -> dst:ipaddr -> buffer -> unit Lwt.t
  type flow = |
  type error = Mirage_types.tcp_error
  type write_error = Mirage_types.tcp_write_error

  let pp_error = pp_error
  let pp_write_error = pp_error
  let read (flow : flow) = match flow with _ -> .
  let write (flow : flow) _ = match flow with _ -> .
  let writev (flow : flow) _ = match flow with _ -> .
  let close (flow : flow) = match flow with _ -> .
  let dst (flow : flow) = match flow with _ -> .
  let create_connection ?keepalive:_ (t : t) _ = match t with _ -> .
  let input (t : t) ~listeners:_ = match t with _ -> .
end
