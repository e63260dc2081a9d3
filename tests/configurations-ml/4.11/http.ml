open Mirage

type connect = Connect

let connect_type = typ Connect

let connect_impl =
  let connect _ modname = function
    | [ _; ctx ] -> code ~pos:__POS__ "%s.connect %s" modname ctx
    | _ -> assert false
  in
  impl ~connect "Connect.Make" (tcpv4v6 @-> mimic @-> connect_type)

let packages =
  [
    package "base64" ~sublibs:[ "rfc2045" ];
    package "digestif";
    package "h2" ~min:"0.13.0";
    package "hxd" ~sublibs:[ "core"; "string" ];
    package "rresult";
  ]

let main =
  main ~packages "Unikernel.Make"
    (kv_ro @-> kv_ro @-> tcpv4v6 @-> connect_type @-> http_server @-> job)

let stack = generic_stackv4v6 default_network
let tcp = tcpv4v6_of_stackv4v6 stack
let he = generic_happy_eyeballs stack
let ctx = mimic_happy_eyeballs stack he (generic_dns_client stack he)
let port : int runtime_arg = Runtime_arg.create ~pos:__POS__ "Unikernel.port"

let () =
  register "minipaf"
    [
      main $ crunch "certificates" $ crunch "keys" $ tcp $ (connect_impl $ tcp $ ctx) $ paf_server ~port tcp;
    ]
