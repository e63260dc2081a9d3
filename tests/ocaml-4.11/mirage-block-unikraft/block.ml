module rec Made : sig
  include Mirage_block.S
  val connect : string -> t Lwt.t
end =
  Made

include Made
