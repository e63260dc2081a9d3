type error = [ `Is_a_directory | `No_directory_entry | `Not_a_directory ]
type write_error = [ error | `File_already_exists | `No_space ]

module type S = sig
  type error = private [> `Is_a_directory | `No_directory_entry | `Not_a_directory ]

  type write_error =
    private
    [> `Is_a_directory | `No_directory_entry | `Not_a_directory | `File_already_exists | `No_space ]

  val pp_error : Format.formatter -> error -> unit
  val pp_write_error : Format.formatter -> write_error -> unit

  include Mirage_device.S

  type page_aligned_buffer

  val read : t -> string -> int -> int -> (page_aligned_buffer list, error) result io
  val size : t -> string -> (int64, error) result io
  val create : t -> string -> (unit, write_error) result io
  val listdir : t -> string -> (string list, error) result io
end
