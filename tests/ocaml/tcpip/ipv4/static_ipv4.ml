module Make
    (_ : Mirage_types_lwt.RANDOM)
    (_ : Mirage_types_lwt.MCLOCK)
    (_ : Mirage_types_lwt.ETHIF)
    (_ : Mirage_types_lwt.ARP) =
struct
  include Direct_layers.Ip (Ipaddr.V4)

  let connect ?ip:_ ?network:_ ?gateway:_ _ _ _ = Direct_layers.connect "Static_ipv4"
end
