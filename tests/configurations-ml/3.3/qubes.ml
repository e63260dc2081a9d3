open Mirage

let main = foreign "Unikernel.Main" (qubesdb @-> ipv4 @-> stackv4 @-> job)
let db = default_qubesdb
let net = default_network
let eth = etif net
let ip = ipv4_qubes db eth (arp eth)
let () = register "qubes" [ main $ db $ ip $ qubes_ipv4_stack net ]
