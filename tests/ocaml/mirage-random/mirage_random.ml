module type S = sig
  type g
  type buffer

  val generate : ?g:g -> int -> buffer
end

module type C = S with type buffer = Cstruct.t
