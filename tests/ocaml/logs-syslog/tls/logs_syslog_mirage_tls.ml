module Tls (_ : Mirage_console_lwt.S) (_ : Mirage_clock.PCLOCK) (_ : Mirage_stack_lwt.V4) (_ : Mirage_kv_lwt.RO) = struct
  let create _ _ _ _ ?keyname:_ ~hostname:_ _ ?port:_ ?truncate:_ ?framing:_ ?facility:_ () =
    Lwt.return_error "this runtime has no TLS"
end
