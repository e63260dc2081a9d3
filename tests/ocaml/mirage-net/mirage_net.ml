type error = Mirage_device.error

module type S = sig
  type error = private [> Mirage_device.error ]

  val pp_error : Format.formatter -> error -> unit

  type buffer
  type macaddr

  include Mirage_device.S

  val write : t -> buffer -> (unit, error) result io
  val listen : t -> (buffer -> unit io) -> (unit, error) result io
  val mac : t -> macaddr
end
