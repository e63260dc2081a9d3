module Make (N : Mirage_net_lwt.S) : sig
  include Mirage_protocols_lwt.ETHIF

  val connect : ?mtu:int -> N.t -> t Lwt.t
end
