open Lwt.Infix

module Main
    (Net : Mirage_types_lwt.NETWORK)
    (Link : Mirage_types_lwt.ETHIF)
    (Ip : Mirage_types_lwt.IPV6) =
struct
  let nothing ~src:_ ~dst:_ _ = Lwt.return_unit

  let start net link ip =
    let ignored _ = Lwt.return_unit in
    let ipv6 = Ip.input ip ~tcp:nothing ~udp:nothing ~default:(fun ~proto:_ -> nothing) in
    Net.listen net (Link.input link ~arpv4:ignored ~ipv4:ignored ~ipv6) >|= function
    | Ok () -> ()
    | Error error -> Format.printf "%a@." Net.pp_error error
end
