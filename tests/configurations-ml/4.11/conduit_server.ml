open Mirage

let packages = [ package "cohttp-mirage"; package "conduit-mirage" ]
let main = main ~packages "Unikernel.Main" (conduit @-> job)
let () = register "conduit_server" [ main $ conduit_direct (generic_stackv4v6 default_network) ]
