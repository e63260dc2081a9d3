open Lwt.Infix

module Main (Net : Mirage_net.S) (Link : Ethernet.S) (Ip : Tcpip.Ip.S with type ipaddr = Ipaddr.V6.t) = struct
  let nothing ~src:_ ~dst:_ _ = Lwt.return_unit

  let ipv6 ip frame = Ip.input ip ~tcp:nothing ~udp:nothing ~default:(fun ~proto:_ -> nothing) frame

  let start net link ip =
    let ignored _ = Lwt.return_unit in
    Net.listen net ~header_size:14 (Link.input link ~arpv4:ignored ~ipv4:ignored ~ipv6:(ipv6 ip)) >|= function
    | Ok () -> ()
    | Error error -> Format.printf "%a@." Net.pp_error error
end
