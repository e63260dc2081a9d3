module Make
    (Client : Mirage_types_lwt.DHCP_CLIENT)
    (_ : Mirage_types_lwt.RANDOM)
    (Clock : Mirage_types_lwt.MCLOCK)
    (Eth : Mirage_types_lwt.ETHIF)
    (Arp : Mirage_types_lwt.ARP) : sig
  include Mirage_types_lwt.IPV4

  val connect : Client.t -> Clock.t -> Eth.t -> Arp.t -> t Lwt.t
end
