module Make_KV_RO (BLOCK : Mirage_block.S) = struct
  module rec Made : sig
    include Mirage_kv.RO

    val connect : BLOCK.t -> t Lwt.t
  end =
    Made

  include Made
end

module Make_KV_RW (BLOCK : Mirage_block.S) = struct
  module rec Made : sig
    include Mirage_kv.RW

    val connect : BLOCK.t -> t Lwt.t
  end =
    Made

  include Made
end
