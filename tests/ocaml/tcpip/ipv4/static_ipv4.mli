module Make
    (R : Mirage_random.C)
    (C : Mirage_clock.MCLOCK)
    (E : Mirage_protocols_lwt.ETHIF)
    (A : Mirage_protocols_lwt.ARP) : sig
  include Mirage_protocols_lwt.IPV4

  val connect :
    ?ip:Ipaddr.V4.t ->
    ?network:Ipaddr.V4.Prefix.t ->
    ?gateway:Ipaddr.V4.t option ->
    C.t ->
    E.t ->
    A.t ->
    t Lwt.t
end
