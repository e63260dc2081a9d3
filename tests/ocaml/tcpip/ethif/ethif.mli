module Make (Net : Mirage_types_lwt.NETWORK) : sig
  include Mirage_types_lwt.ETHIF

  val connect : ?mtu:int -> Net.t -> t Lwt.t
end
