module type HASH = sig
  val digest_size : int
end

module Mem = struct
  module Make (Digest : HASH) = struct
    module rec Made : sig
      type t
      type error

      val pp_error : error Fmt.t
      val v : Fpath.t -> (t, error) result Lwt.t
    end =
      Made

    include Made
  end
end
