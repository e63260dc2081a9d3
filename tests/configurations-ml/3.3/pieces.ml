open Mirage

let main =
  foreign "Unikernel.Main"
    (network @-> ethernet @-> arpv4 @-> ipv4 @-> udpv4 @-> tcpv4 @-> job)

let group = "private"
let net = netif ~group "10"
let ethernet = etif net
let arp = farp ethernet
let ipv4 = create_ipv4 ~group ethernet arp
let () = register "pieces" [ main $ net $ ethernet $ arp $ ipv4 $ direct_udp ipv4 $ direct_tcp ipv4 ]
