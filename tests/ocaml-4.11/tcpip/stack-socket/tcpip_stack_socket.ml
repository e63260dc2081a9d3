module V4V6 = struct
  module UDP = Udpv4v6_socket
  module TCP = Tcpv4v6_socket
  module IP = Ipv4v6_socket

  type t = { udp : UDP.t; tcp : TCP.t }

  let connect udp tcp = Lwt.return { udp; tcp }
  let udp stack = stack.udp
  let tcp stack = stack.tcp
  let ip _ = ()

  let listen _ =
    let forever, _ = Lwt.task () in
    forever

  let disconnect stack = Lwt.bind (UDP.disconnect stack.udp) (fun () -> TCP.disconnect stack.tcp)
end
