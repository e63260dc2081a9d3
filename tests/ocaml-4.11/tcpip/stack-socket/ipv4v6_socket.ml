module rec Made : (Tcpip.Ip.S with type ipaddr = Ipaddr.t and type prefix = Ipaddr.Prefix.t and type t = unit) = Made

include Made
