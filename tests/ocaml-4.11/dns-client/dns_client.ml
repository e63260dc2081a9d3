module type S = sig
  type +'a io
  type stack
end

module Make (T : S) = struct
  module rec Made : sig
    type t

    val transport : t -> T.stack
  end =
    Made

  include Made
end
