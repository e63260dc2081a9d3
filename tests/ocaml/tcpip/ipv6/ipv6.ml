module Make
    (_ : Mirage_protocols_lwt.ETHIF)
    (_ : Mirage_random.C)
    (_ : Mirage_time_lwt.S)
    (_ : Mirage_clock_lwt.MCLOCK) =
struct
  include Direct_layers.Ipv6

  let connect ?ip:_ ?netmask:_ ?gateways:_ _ _ = Direct_layers.connect "Ipv6"
end
