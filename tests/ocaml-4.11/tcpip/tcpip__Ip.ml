type error = [ `No_route of string | `Would_fragment ]

let pp_error ppf = function
  | `No_route reason -> Fmt.pf ppf "no route: %s" reason
  | `Would_fragment -> Fmt.string ppf "it is too long for one packet"

module type S = sig
  type nonrec error = private [> error ]
  type ipaddr
  type prefix
  type t
  type callback = src:ipaddr -> dst:ipaddr -> Cstruct.t -> unit Lwt.t

  val pp_error : error Fmt.t
  val pp_ipaddr : ipaddr Fmt.t
  val pp_prefix : prefix Fmt.t
  val disconnect : t -> unit Lwt.t
  val input : t -> tcp:callback -> udp:callback -> default:(proto:int -> callback) -> Cstruct.t -> unit Lwt.t
  val src : t -> dst:ipaddr -> ipaddr
  val configured_ips : t -> prefix list
  val mtu : t -> dst:ipaddr -> int
end
