type error = [ `Timeout | `Refused ]
type write_error = [ error | `Closed ]

let pp_write_error ppf = function
  | `Timeout -> Fmt.string ppf "no answer in time"
  | `Refused -> Fmt.string ppf "the connection was refused"
  | `Closed -> Fmt.string ppf "the connection is closed"

let pp_error ppf error = pp_write_error ppf (error :> write_error)

module type S = sig
  type nonrec error = private [> error ]
  type nonrec write_error = private [> write_error ]
  type ipaddr
  type flow
  type t

  include Mirage_flow.S with type flow := flow and type error := error and type write_error := write_error

  val disconnect : t -> unit Lwt.t
  val dst : flow -> ipaddr * int
  val create_connection : t -> ipaddr * int -> (flow, error) result Lwt.t
  val listen : t -> port:int -> (flow -> unit Lwt.t) -> unit
  val unlisten : t -> port:int -> unit
  val input : t -> src:ipaddr -> dst:ipaddr -> Cstruct.t -> unit Lwt.t
end
