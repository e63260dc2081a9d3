module type S = sig
  type stack
  type ipaddr
  type t
  type dst = ipaddr * int

  val init : port:int -> stack -> t Lwt.t
end

module Make (Stack : Tcpip.Tcp.S) = struct
  type stack = Stack.t
  type ipaddr = Stack.ipaddr
  type dst = ipaddr * int

  module rec Made : sig
    type t

    val init : port:int -> stack -> t Lwt.t
  end =
    Made

  include Made
end
