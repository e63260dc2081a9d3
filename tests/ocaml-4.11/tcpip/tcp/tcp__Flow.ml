module Make (IP : Tcpip.Ip.S) = struct
  module rec Made : sig
    include Tcpip.Tcp.S with type ipaddr = IP.ipaddr

    val connect : IP.t -> t Lwt.t
  end =
    Made

  include Made
end
