module Make
    (Ip : Mirage_types_lwt.IP)
    (_ : Mirage_types_lwt.TIME)
    (_ : Mirage_types_lwt.MCLOCK)
    (_ : Mirage_types_lwt.RANDOM) =
struct
  include Direct_layers.Tcp (Ip)

  let connect _ _ = Direct_layers.connect "Tcp"
end
