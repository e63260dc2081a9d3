module Make (N : Mirage_net.S) (E : Ethernet.S) = struct
  module rec Made : sig
    include Tcpip.Ip.S with type ipaddr = Ipaddr.V6.t and type prefix = Ipaddr.V6.Prefix.t

    val connect : ?no_init:bool -> ?handle_ra:bool -> ?cidr:prefix -> ?gateway:ipaddr -> N.t -> E.t -> t Lwt.t
  end =
    Made

  include Made
end
