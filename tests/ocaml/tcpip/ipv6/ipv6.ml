module Make
    (_ : Mirage_types_lwt.ETHIF)
    (_ : Mirage_types_lwt.RANDOM)
    (_ : Mirage_types_lwt.TIME)
    (_ : Mirage_types_lwt.MCLOCK) =
struct
  include Direct_layers.Ip (Ipaddr.V6)

  let connect ?ip:_ ?netmask:_ ?gateways:_ _ _ = Direct_layers.connect "Ipv6"
end
