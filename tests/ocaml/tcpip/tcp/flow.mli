module Make
    (Ip : Mirage_types_lwt.IP)
    (_ : Mirage_types_lwt.TIME)
    (Clock : Mirage_types_lwt.MCLOCK)
    (_ : Mirage_types_lwt.RANDOM) : sig
  include
    Mirage_types_lwt.TCP
      with type ipaddr = Ip.ipaddr
       and type ipinput = src:Ip.ipaddr -> dst:Ip.ipaddr -> Cstruct.t -> unit Lwt.t

  val connect : Ip.t -> Clock.t -> t Lwt.t
end
