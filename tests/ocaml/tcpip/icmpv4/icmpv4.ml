module Make (_ : Mirage_protocols_lwt.IPV4) = struct
  include Direct_layers.Icmpv4

  let connect _ = Direct_layers.connect "Icmpv4"
end
