module Make
    (_ : Mirage_types_lwt.RANDOM)
    (Clock : Mirage_types_lwt.MCLOCK)
    (Eth : Mirage_types_lwt.ETHIF)
    (Arp : Mirage_types_lwt.ARP) : sig
  include Mirage_types_lwt.IPV4

  val connect :
    ?ip:Ipaddr.V4.t ->
    ?network:Ipaddr.V4.Prefix.t ->
    ?gateway:Ipaddr.V4.t option ->
    Clock.t ->
    Eth.t ->
    Arp.t ->
    t Lwt.t
end
