type endp = [ `TCP of Ipaddr.t * int | `Unknown of string ]
