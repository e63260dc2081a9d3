module rec Made : sig
  include Mirage_net.S
  val connect : string -> t Lwt.t
end =
  Made

include Made
