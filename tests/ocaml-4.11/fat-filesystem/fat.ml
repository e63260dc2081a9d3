module KV_RO (B : Mirage_block.S) = struct
  module rec Made : sig
    include Mirage_kv.RO

    val connect : B.t -> t Lwt.t
  end =
    Made

  include Made
end
