type error = [ `Unknown_key of string ]

module type RO = sig
  type error = private [> `Unknown_key of string ]

  val pp_error : Format.formatter -> error -> unit

  include Mirage_device.S

  type page_aligned_buffer

  val read : t -> string -> int64 -> int64 -> (page_aligned_buffer list, error) result io
  val mem : t -> string -> (bool, error) result io
  val size : t -> string -> (int64, error) result io
end
