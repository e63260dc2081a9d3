module Main (Stack : Mirage_types_lwt.STACKV4) = struct
  let start stack =
    Stack.listen_udpv4 stack ~port:53 (fun ~src ~dst:_ ~src_port:_ question ->
        Format.printf "%a asks, in %d bytes@." Ipaddr.V4.pp src (Cstruct.length question);
        Lwt.return_unit);
    Stack.listen stack
end
