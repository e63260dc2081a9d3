module Make (Ip : Mirage_types_lwt.IPV4) : sig
  include Mirage_types_lwt.ICMPV4

  val connect : Ip.t -> t Lwt.t
end
