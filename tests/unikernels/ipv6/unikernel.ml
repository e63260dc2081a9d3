open Lwt.Infix

module Main
    (Ip : Mirage_types_lwt.IPV6)
    (Udp : Mirage_types_lwt.UDPV6)
    (Tcp : Mirage_types_lwt.TCPV6) =
struct
  let start ip udp tcp =
    let dst = List.hd (Ip.get_ip ip) in
    Udp.write ~dst ~dst_port:9 udp (Cstruct.create 1) >>= fun _ ->
    Tcp.create_connection tcp (dst, 9) >>= function Ok flow -> Tcp.close flow | Error _ -> Lwt.return_unit
end
