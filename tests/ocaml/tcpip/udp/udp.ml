module Make (Ip : Mirage_types_lwt.IP) (_ : Mirage_types_lwt.RANDOM) = struct
  include Direct_layers.Udp (Ip)

  let connect _ = Direct_layers.connect "Udp"
end
