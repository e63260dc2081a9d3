module Make (_ : Mirage_types_lwt.ETHIF) (_ : Mirage_types_lwt.MCLOCK) (_ : Mirage_types_lwt.TIME) = struct
  include Direct_layers.Arp

  let connect _ _ = Direct_layers.connect "Arpv4"
end
