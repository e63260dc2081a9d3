(* The layers of a stack of one's own. The tests compile glue code against them, and never run it: no value of a layer
   exists, connecting fails, and so there is nothing for their functions to do. *)

module Device = struct
  type +'a io = 'a Lwt.t
  type t = |

  let disconnect (t : t) = match t with _ -> .
end

let connect what = Lwt.fail_with (what ^ ": this runtime has only the signatures of layers below sockets")
let pp_error ppf _ = Format.pp_print_string ppf "an error of a layer that cannot run"

module Ethif = struct
  include Device

  type buffer = Cstruct.t
  type macaddr = Macaddr.t
  type error = Mirage_protocols.Ethif.error

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
  type error = Mirage_protocols.Arp.error

  let pp_error = pp_error
  let get_ips (t : t) = match t with _ -> .
  let set_ips (t : t) _ = match t with _ -> .
  let query (t : t) _ = match t with _ -> .
  let input (t : t) _ = match t with _ -> .
end

module Ip (Address : sig
  type t

  val pack : t -> Ipaddr.t
  val unpack : Ipaddr.t -> t option
end) =
struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Address.t
  type uipaddr = Ipaddr.t
  type error = Mirage_protocols.Ip.error
  type callback = src:ipaddr -> dst:ipaddr -> buffer -> unit io

  let pp_error = pp_error
  let to_uipaddr = Address.pack
  let of_uipaddr = Address.unpack
  let input (t : t) ~tcp:_ ~udp:_ ~default:_ _ = match t with _ -> .
  let write (t : t) _ _ = match t with _ -> .
  let get_ip (t : t) = match t with _ -> .
  let set_ip (t : t) _ = match t with _ -> .
  let src (t : t) ~dst:_ = match t with _ -> .
  let mtu (t : t) = match t with _ -> .
end

module Ipv4 = Ip (struct
  type t = Ipaddr.V4.t

  let pack address = Ipaddr.V4 address
  let unpack = function Ipaddr.V4 address -> Some address | Ipaddr.V6 _ -> None
end)

module Ipv6 = Ip (struct
  type t = Ipaddr.V6.t

  let pack address = Ipaddr.V6 address
  let unpack = function Ipaddr.V6 address -> Some address | Ipaddr.V4 _ -> None
end)

module Icmpv4 = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = Ipaddr.V4.t
  type error = [ `Unreachable ]

  let pp_error = pp_error
  let input (t : t) ~src:_ ~dst:_ _ = match t with _ -> .
  let write (t : t) ~dst:_ _ = match t with _ -> .
end

module Udp (IP : Mirage_protocols_lwt.IP) = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = IP.ipaddr
  type ipinput = src:ipaddr -> dst:ipaddr -> buffer -> unit Lwt.t
  type error = [ `Unreachable ]
  type callback = src:ipaddr -> dst:ipaddr -> src_port:int -> buffer -> unit io

  let pp_error = pp_error
  let input ~listeners:_ (t : t) = match t with _ -> .
  let write ?src_port:_ ~dst:_ ~dst_port:_ (t : t) _ = match t with _ -> .
end

module Tcp (IP : Mirage_protocols_lwt.IP) = struct
  include Device

  type buffer = Cstruct.t
  type ipaddr = IP.ipaddr
  type ipinput = src:ipaddr -> dst:ipaddr -> buffer -> unit Lwt.t
  type flow = |
  type error = Mirage_protocols.Tcp.error
  type write_error = Mirage_protocols.Tcp.write_error
  type listener = { process : flow -> unit io; keepalive : Mirage_protocols.Keepalive.t option }

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
