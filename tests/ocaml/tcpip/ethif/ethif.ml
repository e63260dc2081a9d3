module Make (_ : Mirage_net_lwt.S) = struct
  include Direct_layers.Ethif

  let connect ?mtu:_ _ = Direct_layers.connect "Ethif"
end
