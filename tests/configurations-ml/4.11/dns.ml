open Mirage

let stack = generic_stackv4v6 default_network
let he = generic_happy_eyeballs stack
let dns = generic_dns_client stack he
let () = register "resolve" [ main "Unikernel.Make" (dns_client @-> job) $ dns ]
