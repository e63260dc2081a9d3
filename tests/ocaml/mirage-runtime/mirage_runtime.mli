(** What every unikernel needs when it starts: converters of its keys, and the levels of its logs. *)

type log_threshold = [ `All | `Src of string ] * Logs.level
(** How verbose a source of logs, or all of them, may be. *)

val set_level : default:Logs.level -> log_threshold list -> unit
(** Set the level of all sources to what [`All] says, or to [default]; then those that are named. *)

module Arg : sig
  val ip : Ipaddr.t Cmdliner.Arg.conv
  val ipv4_address : Ipaddr.V4.t Cmdliner.Arg.conv

  val ipv4 : (Ipaddr.V4.Prefix.t * Ipaddr.V4.t) Cmdliner.Arg.conv
  (** [10.0.0.2/24]: the network, and the address in it. *)

  val ipv6 : Ipaddr.V6.t Cmdliner.Arg.conv
  val ipv6_prefix : Ipaddr.V6.Prefix.t Cmdliner.Arg.conv

  val log_threshold : log_threshold Cmdliner.Arg.conv
  (** [LEVEL], [*:LEVEL] or [SOURCE:LEVEL]. *)
end
