module Make
    (_ : Mirage_types_lwt.DHCP_CLIENT)
    (_ : Mirage_types_lwt.RANDOM)
    (_ : Mirage_types_lwt.MCLOCK)
    (_ : Mirage_types_lwt.ETHIF)
    (_ : Mirage_types_lwt.ARP) =
struct
  include Direct_layers.Ip (Ipaddr.V4)

  let connect _ _ _ _ = Direct_layers.connect "Dhcp_ipv4"
end
