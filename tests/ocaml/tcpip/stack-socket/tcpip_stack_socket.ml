type +'a io = 'a Lwt.t
type buffer = Cstruct.t
type ipv4addr = Ipaddr.V4.t
type udpv4 = Udpv4_socket.t
type tcpv4 = Tcpv4_socket.t
type ipv4 = Ipaddr.V4.t option

module UDPV4 = Udpv4_socket
module TCPV4 = Tcpv4_socket

type t = {
  addresses : Ipaddr.V4.t list;
  udp : UDPV4.t;
  tcp : TCPV4.t;
  stopped : unit Lwt.t;
  stop : unit Lwt.u;
}

let connect addresses udp tcp =
  let stopped, stop = Lwt.wait () in
  Lwt.return { addresses; udp; tcp; stopped; stop }

let disconnect t = Lwt.return (if Lwt.is_sleeping t.stopped then Lwt.wakeup t.stop ())
let udpv4 t = t.udp
let tcpv4 t = t.tcp
let ipv4 t = match t.addresses with [] -> None | address :: _ -> Some address

(* What cannot be listened on ends the program, through the hook of Lwt for exceptions in the background. *)
let on_each t listen = List.iter (fun address -> Lwt.async (fun () -> listen address)) t.addresses
let listen_udpv4 t ~port callback = on_each t (fun address -> UDPV4.listen t.udp address ~port callback)
let listen_tcpv4 ?keepalive:_ t ~port serve = on_each t (fun address -> TCPV4.listen t.tcp address ~port serve)
let listen t = t.stopped
