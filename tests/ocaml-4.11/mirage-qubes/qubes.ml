module DB = Qubes__DB

module S = struct
  module type DB = sig
    type t

    val read : t -> string -> string option
  end
end
