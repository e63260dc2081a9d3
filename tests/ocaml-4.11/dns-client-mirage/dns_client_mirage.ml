module type S = sig
  type happy_eyeballs

  module Transport : Dns_client.S with type 'a io = 'a Lwt.t

  type t = Dns_client.Make(Transport).t

  val gethostbyname : t -> [ `host ] Domain_name.t -> (Ipaddr.V4.t, [ `Msg of string ]) result Lwt.t
end

module Make
    (S : Tcpip.Stack.V4V6)
    (H : Happy_eyeballs_mirage.S with type stack = S.t and type flow = S.TCP.flow) =
struct
  type happy_eyeballs = H.t

  module Transport = struct
    type +'a io = 'a Lwt.t
    type stack = S.t * H.t
  end

  type t = Dns_client.Make(Transport).t

  module rec Made : sig
    val gethostbyname : t -> [ `host ] Domain_name.t -> (Ipaddr.V4.t, [ `Msg of string ]) result Lwt.t

    val connect :
      ?cache_size:int ->
      ?edns:[ `Auto | `Manual of Dns.Edns.t | `None ] ->
      ?nameservers:string list ->
      ?timeout:int64 ->
      Transport.stack ->
      t Transport.io
  end =
    Made

  include Made
end
