open Mirage

let client =
  let stack = generic_stackv4v6 default_network in
  cohttp_client (resolver_dns stack) (conduit_direct ~tls:true stack)

let () = register "http-fetch" [ main "Unikernel.Client" (http_client @-> job) $ client ]
