open Cmdliner

let named ?group name = match group with Some group -> group ^ "-" ^ name | None -> name

let option ?group ?(docs = "NETWORK OPTIONS") name conv default =
  Arg.value (Arg.opt conv default (Arg.info [ named ?group name ] ~docs ~doc:("The " ^ name ^ ".")))

let maybe ?group ?docs name conv default = option ?group ?docs name (Arg.some conv) default
let conv of_string pp = Arg.conv (of_string, pp)
let ip = conv Ipaddr.of_string Ipaddr.pp
let int64 = Arg.int64

module V4 = struct
  let address = conv Ipaddr.V4.of_string Ipaddr.V4.pp
  let prefix = conv Ipaddr.V4.Prefix.of_string Ipaddr.V4.Prefix.pp
  let network ?group ?docs default = option ?group ?docs "ipv4" prefix default
  let optional_network ?group ?docs () = maybe ?group ?docs "ipv4" prefix None
  let gateway ?group ?docs default = maybe ?group ?docs "ipv4-gateway" address default
end

module V6 = struct
  let address = conv Ipaddr.V6.of_string Ipaddr.V6.pp
  let prefix = conv Ipaddr.V6.Prefix.of_string Ipaddr.V6.Prefix.pp
  let network ?group ?docs default = maybe ?group ?docs "ipv6" prefix default
  let gateway ?group ?docs default = maybe ?group ?docs "ipv6-gateway" address default

  let accept_router_advertisements ?group ?docs () =
    option ?group ?docs "accept-router-advertisements" Arg.bool true
end

let interface ?group ?docs default = option ?group ?docs "interface" Arg.string default
let ipv4_only ?group ?docs () = option ?group ?docs "ipv4-only" Arg.bool false
let ipv6_only ?group ?docs () = option ?group ?docs "ipv6-only" Arg.bool false
let resolver ?group ?docs ?default () = maybe ?group ?docs "resolver" Arg.(list string) default
let dns_servers ?group ?docs default = maybe ?group ?docs "dns-servers" Arg.(list string) default
let dns_timeout ?group ?docs default = maybe ?group ?docs "dns-timeout" int64 default
let dns_cache_size ?group ?docs default = maybe ?group ?docs "dns-cache-size" Arg.int default
let he_aaaa_timeout ?group ?docs default = maybe ?group ?docs "he-aaaa-timeout" int64 default
let he_connect_delay ?group ?docs default = maybe ?group ?docs "he-connect-delay" int64 default
let he_connect_timeout ?group ?docs default = maybe ?group ?docs "he-connect-timeout" int64 default
let he_resolve_timeout ?group ?docs default = maybe ?group ?docs "he-resolve-timeout" int64 default
let he_resolve_retries ?group ?docs default = maybe ?group ?docs "he-resolve-retries" Arg.int default
let he_timer_interval ?group ?docs default = maybe ?group ?docs "he-timer-interval" int64 default
let ssh_key ?group ?docs default = maybe ?group ?docs "ssh-key" Arg.string default
let ssh_password ?group ?docs default = maybe ?group ?docs "ssh-password" Arg.string default
let ssh_authenticator ?group ?docs default = maybe ?group ?docs "ssh-authenticator" Arg.string default
let tls_authenticator ?group ?docs default = maybe ?group ?docs "tls-authenticator" Arg.string default
let header = Arg.(pair ~sep:':' string string)
let http_headers ?group ?docs default = maybe ?group ?docs "http-headers" Arg.(list header) default
let syslog ?group ?docs default = maybe ?group ?docs "syslog" ip default
let syslog_port ?group ?docs default = option ?group ?docs "syslog-port" Arg.int (Option.value default ~default:514)
let syslog_truncate ?group ?docs default = maybe ?group ?docs "syslog-truncate" Arg.int default
let syslog_keyname ?group ?docs default = maybe ?group ?docs "syslog-keyname" Arg.string default
let monitor ?group ?docs default = maybe ?group ?docs "monitor" ip default
