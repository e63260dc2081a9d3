type option_code = ROUTERS | DNS_SERVERS | OTHER of int
type dhcp_option = Hostname of string | Domain_name of string | Dns_servers of Ipaddr.V4.t list

let int_to_option_code_exn = function 3 -> ROUTERS | 6 -> DNS_SERVERS | code -> OTHER code
let collect_dns_servers = List.concat_map (function Dns_servers servers -> servers | _ -> [])
let find_domain_name = List.find_map (function Domain_name name -> Some name | _ -> None)
