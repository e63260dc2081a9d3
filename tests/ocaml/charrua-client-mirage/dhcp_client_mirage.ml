module Make (_ : Mirage_random.C) (_ : Mirage_types_lwt.TIME) (_ : Mirage_types_lwt.NETWORK) = struct
  type t = Mirage_protocols_lwt.ipv4_config Lwt_stream.t

  let connect ?requests:_ _ = Direct_layers.connect "Dhcp_client_mirage"
end
