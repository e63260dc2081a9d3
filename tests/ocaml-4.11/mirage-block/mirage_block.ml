type error = [ `Disconnected ]
type write_error = [ error | `Is_read_only ]
type info = { read_write : bool; sector_size : int; size_sectors : int64 }

let pp_error ppf `Disconnected = Fmt.string ppf "the device is disconnected"

let pp_write_error ppf = function
  | `Is_read_only -> Fmt.string ppf "the device is only read"
  | #error as error -> pp_error ppf error

module type S = sig
  type error = private [> `Disconnected ]
  type write_error = private [> `Disconnected | `Is_read_only ]
  type t

  val pp_error : error Fmt.t
  val pp_write_error : write_error Fmt.t
  val disconnect : t -> unit Lwt.t
  val get_info : t -> info Lwt.t
  val read : t -> int64 -> Cstruct.t list -> (unit, error) result Lwt.t
  val write : t -> int64 -> Cstruct.t list -> (unit, write_error) result Lwt.t
end
