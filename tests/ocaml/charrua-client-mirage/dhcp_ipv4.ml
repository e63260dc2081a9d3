module Make
    (_ : Mirage_protocols_lwt.DHCP_CLIENT)
    (_ : Mirage_random.C)
    (_ : Mirage_clock.MCLOCK)
    (_ : Mirage_types_lwt.ETHIF)
    (_ : Mirage_types_lwt.ARP) =
struct
  include Direct_layers.Ipv4

  let connect _ _ _ _ = Direct_layers.connect "Dhcp_ipv4"
end
