module Make (IP : Mirage_protocols_lwt.IP) (_ : Mirage_random.C) = struct
  include Direct_layers.Udp (IP)

  let connect _ = Direct_layers.connect "Udp"
end
