type 'a or_eof = [ `Data of 'a | `Eof ]
type write_error = [ `Closed ]

let pp_write_error ppf `Closed = Fmt.string ppf "closed by the other side"

module type S = sig
  type error
  type write_error = private [> `Closed ]
  type flow

  val pp_error : error Fmt.t
  val pp_write_error : write_error Fmt.t
  val read : flow -> (Cstruct.t or_eof, error) result Lwt.t
  val write : flow -> Cstruct.t -> (unit, write_error) result Lwt.t
  val writev : flow -> Cstruct.t list -> (unit, write_error) result Lwt.t
  val close : flow -> unit Lwt.t
end
