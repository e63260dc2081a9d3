module Make (_ : Mirage_protocols_lwt.ETHIF) (_ : Mirage_clock.MCLOCK) (_ : Mirage_time_lwt.S) = struct
  include Direct_layers.Arp

  let connect _ _ = Direct_layers.connect "Arpv4"
end
