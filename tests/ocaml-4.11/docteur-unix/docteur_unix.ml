module type STORE = sig
  include Mirage_kv.RO

  val connect : ?analyze:bool -> string -> (t, error) result Lwt.t
end

module rec Fast : STORE = Fast
module rec Light : STORE = Light
