module Make
    (_ : Mirage_random.C)
    (_ : Mirage_clock.MCLOCK)
    (_ : Mirage_protocols_lwt.ETHIF)
    (_ : Mirage_protocols_lwt.ARP) =
struct
  include Direct_layers.Ipv4

  let connect ?ip:_ ?network:_ ?gateway:_ _ _ _ = Direct_layers.connect "Static_ipv4"
end
