type write_error = [ `Closed ]

module type S = sig
  type error
  type write_error = private [> `Closed ]
  type +'a io
  type buffer
  type flow

  val pp_error : Format.formatter -> error -> unit
  val pp_write_error : Format.formatter -> write_error -> unit
  val read : flow -> ([ `Data of buffer | `Eof ], error) result io
  val write : flow -> buffer -> (unit, write_error) result io
  val writev : flow -> buffer list -> (unit, write_error) result io
  val close : flow -> unit io
end
