open Mirage

let stack = generic_stackv4v6 default_network
let tcp = tcpv4v6_of_stackv4v6 stack
let group = "g"

let he =
  generic_happy_eyeballs ~group ~aaaa_timeout:1L ~connect_delay:Int64.(add one one) ~connect_timeout:3L
    ~resolve_timeout:Int64.(mul 2L 2L) ~resolve_retries:5 ~timer_interval:(Int64.of_int 6) stack

let dns =
  generic_dns_client ~timeout:7L ~group ~cache_size:(4 * 2) ~nameservers:[ "tcp:1.1.1.1"; "udp:8.8.8.8" ] stack he

let mimic = mimic_happy_eyeballs stack he dns
let ssh = git_ssh tcp mimic ~group:"up" ~authenticator:"SHA256:abc" ~key:"ed25519:x" ~password:"p"
let http = git_http tcp mimic ~headers:[ ("A", "b"); ("C", "d") ] ~authenticator:"none"
let ( + ) = merge_git_clients
let () = register "git" [ main "Unikernel.Main" (git_client @-> job) $ git_tcp tcp mimic + (ssh + http) ]
