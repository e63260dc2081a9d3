open Mirage_types_lwt

module Tls (_ : CONSOLE) (_ : PCLOCK) (_ : STACKV4) (_ : KV_RO) = struct
  let create _ _ _ _ ?keyname:_ ~hostname:_ ?port:_ _ ?truncate:_ () = Lwt.return_error "this runtime has no TLS"
end
