open Mirage

let main =
  let packages = [ package ~min:"7.0.0" ~sublibs:[ "ipv6"; "" ] "tcpip" ] in
  main ~packages "Unikernel.Main" (network @-> ethernet @-> ipv6 @-> job)

let net = default_network
let ethif = ethif net
let ipv6 = create_ipv6 net ethif
let () = register "ping" [ main $ net $ ethif $ ipv6 ]
