type client = [ `TCP of Ipaddr.t * int | `TLS of string ]
type server = [ `TCP of int | `TLS of string ]

module type S = sig
  type t

  module Flow : Mirage_flow.S

  val connect : t -> client -> Flow.flow Lwt.t
  val listen : t -> server -> (Flow.flow -> unit Lwt.t) -> unit Lwt.t
end

module TCP (S : Tcpip.Stack.V4V6) = struct
  type flow = S.TCP.flow
  type t = S.t

  module Flow = S.TCP

  module rec Made : sig
    val connect : t -> client -> flow Lwt.t
    val listen : t -> server -> (flow -> unit Lwt.t) -> unit Lwt.t
  end =
    Made

  include Made
end

module TLS (S : S) = struct
  type t = S.t

  module rec Flow : Mirage_flow.S = Flow

  type flow = Flow.flow

  module rec Made : sig
    val connect : t -> client -> flow Lwt.t
    val listen : t -> server -> (flow -> unit Lwt.t) -> unit Lwt.t
  end =
    Made

  include Made
end
