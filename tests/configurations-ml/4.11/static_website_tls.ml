open Mirage

let stack = generic_stackv4v6 default_network
let data = generic_kv_ro ~group:"data" "htdocs"
let certs = generic_kv_ro ~group:"certs" "tls"
let https_srv = cohttp_server @@ conduit_direct ~tls:true stack

let main =
  let packages = [ package "uri"; package "magic-mime" ] in
  main ~packages "Dispatch.HTTPS" (kv_ro @-> kv_ro @-> http @-> job)

let () = register "https" [ main $ data $ certs $ https_srv ]
