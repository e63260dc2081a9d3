module Make
    (Eth : Mirage_types_lwt.ETHIF)
    (_ : Mirage_types_lwt.RANDOM)
    (_ : Mirage_types_lwt.TIME)
    (Clock : Mirage_types_lwt.MCLOCK) : sig
  include Mirage_types_lwt.IPV6

  val connect :
    ?ip:Ipaddr.V6.t list ->
    ?netmask:Ipaddr.V6.Prefix.t list ->
    ?gateways:Ipaddr.V6.t list ->
    Eth.t ->
    Clock.t ->
    t Lwt.t
end
