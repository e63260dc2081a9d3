module Ip = Tcpip__Ip
module Stack = Tcpip__Stack
module Tcp = Tcpip__Tcp
module Udp = Tcpip__Udp
