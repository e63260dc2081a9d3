module Make (Ip : Mirage_types_lwt.IP) (_ : Mirage_types_lwt.RANDOM) : sig
  include
    Mirage_types_lwt.UDP
      with type ipaddr = Ip.ipaddr
       and type ipinput = src:Ip.ipaddr -> dst:Ip.ipaddr -> Cstruct.t -> unit Lwt.t

  val connect : Ip.t -> t Lwt.t
end
