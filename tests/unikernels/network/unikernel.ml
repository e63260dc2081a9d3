open Lwt.Infix

module Main (Public : Mirage_types_lwt.STACKV4) (Private : Mirage_types_lwt.STACKV4) (Random : Mirage_types_lwt.RANDOM) =
struct
  let start public hidden _random =
    Public.listen_tcpv4 public ~port:7 (fun flow ->
        Public.TCPV4.write flow (Random.generate 16) >>= fun _ -> Public.TCPV4.close flow);
    Private.listen_udpv4 hidden ~port:7 (fun ~src ~dst:_ ~src_port buffer ->
        Private.UDPV4.write ~dst:src ~dst_port:src_port (Private.udpv4 hidden) buffer >|= ignore);
    Lwt.join [ Public.listen public; Private.listen hidden ]
end
