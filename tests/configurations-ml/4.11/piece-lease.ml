open Mirage

let reqs = make_dhcp_requests ()
let stack, lease_impl = generic_stackv4v6_with_lease ~dhcp_requests:reqs default_network
let dhcp = (reqs, lease_impl)
let dns = generic_dns_client ~dhcp stack (generic_happy_eyeballs stack)
let main = main "Unikernel.Main" (stackv4v6 @-> lease @-> dns_client @-> resolver @-> job)

(* Added after the device that asks was made: it is told all the same. *)
let () = add_dhcp_request reqs 119
let () = register "lease" [ main $ stack $ lease_impl $ dns $ resolver_dns ~dhcp stack ]
