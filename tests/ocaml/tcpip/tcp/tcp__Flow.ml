module Make
    (IP : Mirage_protocols_lwt.IP)
    (_ : Mirage_time_lwt.S)
    (_ : Mirage_clock.MCLOCK)
    (_ : Mirage_random.C) =
struct
  include Direct_layers.Tcp (IP)

  let connect _ _ = Direct_layers.connect "Tcp"
end
