module Net = struct
  type error = [ `Disconnected | `Invalid_length ]

  let pp_error ppf = function
    | `Disconnected -> Fmt.string ppf "the interface is gone"
    | `Invalid_length -> Fmt.string ppf "a frame that is too short or too long"
end

module type S = sig
  type error = private [> Net.error ]
  type t

  val pp_error : error Fmt.t
  val disconnect : t -> unit Lwt.t
  val write : t -> size:int -> (Cstruct.t -> int) -> (unit, error) result Lwt.t
  val listen : t -> header_size:int -> (Cstruct.t -> unit Lwt.t) -> (unit, error) result Lwt.t
  val mac : t -> Macaddr.t
  val mtu : t -> int
end
