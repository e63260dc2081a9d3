module type S = sig
  type t
  type stack
  type flow

  val inject : t -> ([ `A | `AAAA ] -> [ `host ] Domain_name.t -> (Ipaddr.Set.t, [ `Msg of string ]) result Lwt.t) -> unit
  val connect : t -> string -> int list -> ((Ipaddr.t * int) * flow, [ `Msg of string ]) result Lwt.t
end

module Make (S : Tcpip.Stack.V4V6) = struct
  type stack = S.t
  type flow = S.TCP.flow
  type getaddrinfo = [ `A | `AAAA ] -> [ `host ] Domain_name.t -> (Ipaddr.Set.t, [ `Msg of string ]) result Lwt.t

  module rec Made : sig
    type t

    val inject : t -> getaddrinfo -> unit
    val connect : t -> string -> int list -> ((Ipaddr.t * int) * flow, [ `Msg of string ]) result Lwt.t

    val connect_device :
      ?aaaa_timeout:int64 ->
      ?connect_delay:int64 ->
      ?connect_timeout:int64 ->
      ?resolve_timeout:int64 ->
      ?resolve_retries:int ->
      ?timer_interval:int64 ->
      ?getaddrinfo:getaddrinfo ->
      stack ->
      t Lwt.t
  end =
    Made

  include Made
end
