module type S = sig
  type +'a io

  val sleep_ns : int64 -> unit io
end
