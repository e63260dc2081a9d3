module Make (Sectors : Mirage_block.S) = struct
  module rec Made : sig
    include Mirage_kv.RW

    val connect : program_block_size:int -> Sectors.t -> (t, error) result Lwt.t
  end =
    Made

  include Made
end
