module Make (Eth : Mirage_types_lwt.ETHIF) (Clock : Mirage_types_lwt.MCLOCK) (_ : Mirage_types_lwt.TIME) : sig
  include Mirage_types_lwt.ARP

  val connect : Eth.t -> Clock.t -> t Lwt.t
end
