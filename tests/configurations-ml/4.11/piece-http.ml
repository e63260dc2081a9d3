open Mirage

let stack = generic_stackv4v6 default_network
let tcp = tcpv4v6_of_stackv4v6 stack
let he = generic_happy_eyeballs stack
let mimic = mimic_happy_eyeballs stack he (generic_dns_client stack he)
let plain, tls = (conduit_direct stack, conduit_direct ~tls:true stack)
let port = Runtime_arg.create ~pos:__POS__ "Unikernel.port"
let main = main "Unikernel.Main" (http @-> http @-> http_server @-> alpn_client @-> http_client @-> job)
let resolver = resolver_dns ~ns:[ "tls:9.9.9.9" ] stack

let () =
  register "http"
    [
      main
      $ cohttp_server plain
      $ httpaf_server tls
      $ paf_server ~port tcp
      $ paf_client tcp mimic
      $ cohttp_client resolver tls;
    ]
