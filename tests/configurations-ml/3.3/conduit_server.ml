open Mirage

let stack net = generic_stackv4 net
let conduit ?tls net = conduit_direct ?tls (stack net)

let main = foreign ~packages:[ package "cohttp-mirage" ] "Unikernel.Main" (Mirage.conduit @-> job)
let () = register "conduit_server" [ main $ conduit default_network ]
