module Make (Random : Mirage_random.C) (Time : Mirage_types_lwt.TIME) (Network : Mirage_types_lwt.NETWORK) : sig
  include Mirage_protocols_lwt.DHCP_CLIENT

  val connect : ?requests:Dhcp_wire.option_code list -> Network.t -> t Lwt.t
end
