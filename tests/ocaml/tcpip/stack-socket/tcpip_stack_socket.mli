(** A stack of sockets of the host. *)

include
  Mirage_stack_lwt.V4
    with type udpv4 = Udpv4_socket.t
     and type tcpv4 = Tcpv4_socket.t
     and type ipv4 = Ipaddr.V4.t option
     and module UDPV4 = Udpv4_socket
     and module TCPV4 = Tcpv4_socket

val connect : Ipaddr.V4.t list -> Udpv4_socket.t -> Tcpv4_socket.t -> t Lwt.t
(** The addresses to listen on. *)
