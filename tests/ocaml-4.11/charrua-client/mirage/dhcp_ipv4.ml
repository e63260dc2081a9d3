module type With_lease = sig
  type t

  val lease : t -> Dhcp_wire.dhcp_option list option
end

module type S = sig
  include With_lease
  module Net : Mirage_net.S
  module Ipv4 : Tcpip.Ip.S with type ipaddr = Ipaddr.V4.t and type prefix = Ipaddr.V4.Prefix.t

  val net : t -> Net.t
  val ipv4 : t -> Ipv4.t
end

module Make (Network : Mirage_net.S) (Ethernet : Ethernet.S) (Arp : Arp.S) = struct
  module Net = Network
  module Ipv4 = Static_ipv4.Make (Ethernet) (Arp)

  module rec Made : sig
    type t

    val lease : t -> Dhcp_wire.dhcp_option list option
    val net : t -> Net.t
    val ipv4 : t -> Ipv4.t

    val connect :
      ?no_init:bool ->
      ?cidr:Ipv4.prefix ->
      ?gateway:Ipv4.ipaddr ->
      ?options:Dhcp_wire.dhcp_option list ->
      ?requests:Dhcp_wire.option_code list ->
      Network.t ->
      Ethernet.t ->
      Arp.t ->
      t Lwt.t
  end =
    Made

  include Made
end

module Proj_net (T : S) = struct
  include T.Net

  let connect client = Lwt.return (T.net client)
end

module Proj_ipv4 (T : S) = struct
  include T.Ipv4

  let connect client = Lwt.return (T.ipv4 client)
end

module Proj_lease (T : With_lease) = struct
  type t = Dhcp_wire.dhcp_option list option

  let connect client = Lwt.return (T.lease client)
end
