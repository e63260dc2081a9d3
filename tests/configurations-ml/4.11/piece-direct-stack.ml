open Mirage

let net = default_network
let eth = ethif net
let arp = arp eth

let stack =
  let ipv4 = create_ipv4 eth arp and ipv6 = create_ipv6 net eth in
  direct_stackv4v6 ~group:"g" net eth arp ipv4 ipv6

let () = register "direct-stack" [ main "Unikernel.Main" (stackv4v6 @-> job) $ stack ]
