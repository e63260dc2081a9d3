module Make (_ : Mirage_types_lwt.NETWORK) = struct
  include Direct_layers.Ethif

  let connect ?mtu:_ _ = Direct_layers.connect "Ethif"
end
