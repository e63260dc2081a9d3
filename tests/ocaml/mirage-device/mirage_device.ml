type error = [ `Unimplemented | `Disconnected ]

module type S = sig
  type +'a io
  type t

  val disconnect : t -> unit io
end
