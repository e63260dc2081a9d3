open Mirage

(* Records of addresses, and a choice by an option. *)
let config ?gateway address =
  let network = Ipaddr.V4.Prefix.of_address_string_exn address in
  let gateway =
    match gateway with
    | None -> None
    | Some text -> (
        match Ipaddr.V4.of_string text with
        | Some _ as address -> address
        | None -> failwith ("no address: " ^ text))
  in
  { network; gateway }

let fixed = static_ipv4_stack ~config:(config "192.0.2.7/24" ~gateway:"192.0.2.1") ~arp:farp default_network

let six =
  { addresses = [ Ipaddr.V6.of_string_exn "2001:db8::1" ]
  ; netmasks = [ Ipaddr.V6.Prefix.of_string_exn "2001:db8::/32" ]
  ; gateways = []
  }

let logger =
  let config = syslog_config ~truncate:1484 ~server:(Ipaddr.V4.make 192 0 2 9) "a.example.org" in
  syslog_udp ~config fixed

let stack = if_impl Key.is_unix (socket_stackv4 [ Ipaddr.V4.any; Ipaddr.V4.localhost ]) fixed
let main = foreign ~deps:[ abstract logger ] "Unikernel.Main" (stackv4 @-> ipv6 @-> job)
let () = register "addresses" [ main $ stack $ create_ipv6 ~group:"six" (etif default_network) six ]
