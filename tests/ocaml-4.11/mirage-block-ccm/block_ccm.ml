module Make (B : Mirage_block.S) = struct
  module rec Made : sig
    include Mirage_block.S

    val connect : ?nonce_len:int -> key:Cstruct.t -> B.t -> t Lwt.t
  end =
    Made

  include Made
end
