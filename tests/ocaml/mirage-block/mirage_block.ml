type error = Mirage_device.error
type write_error = [ error | `Is_read_only ]
type info = { read_write : bool; sector_size : int; size_sectors : int64 }

module type S = sig
  type error = private [> Mirage_device.error ]
  type write_error = private [> Mirage_device.error | `Is_read_only ]

  val pp_error : Format.formatter -> error -> unit
  val pp_write_error : Format.formatter -> write_error -> unit

  include Mirage_device.S

  type page_aligned_buffer

  val get_info : t -> info io
  val read : t -> int64 -> page_aligned_buffer list -> (unit, error) result io
  val write : t -> int64 -> page_aligned_buffer list -> (unit, write_error) result io
end
