module rec Made : sig
  include Mirage_kv.RW

  val connect : Mimic.ctx -> string -> t Lwt.t
end =
  Made

include Made
