module Make
    (D : Mirage_protocols_lwt.DHCP_CLIENT)
    (R : Mirage_random.C)
    (C : Mirage_clock.MCLOCK)
    (E : Mirage_types_lwt.ETHIF)
    (A : Mirage_types_lwt.ARP) : sig
  include Mirage_protocols_lwt.IPV4

  val connect : D.t -> C.t -> E.t -> A.t -> t Lwt.t
end
