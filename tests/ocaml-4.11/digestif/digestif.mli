module SHA1 : sig
  val digest_size : int
end
