module Make (_ : Mirage_types_lwt.RANDOM) (_ : Mirage_types_lwt.TIME) (Net : Mirage_types_lwt.NETWORK) : sig
  include Mirage_types_lwt.DHCP_CLIENT

  val connect : ?requests:int list -> Net.t -> t Lwt.t
end
