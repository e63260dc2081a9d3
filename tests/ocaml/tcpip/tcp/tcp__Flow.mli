module Make
    (IP : Mirage_protocols_lwt.IP)
    (TM : Mirage_time_lwt.S)
    (C : Mirage_clock.MCLOCK)
    (R : Mirage_random.C) : sig
  include
    Mirage_protocols_lwt.TCP
      with type ipaddr = IP.ipaddr
       and type ipinput = src:IP.ipaddr -> dst:IP.ipaddr -> Cstruct.t -> unit Lwt.t

  val connect : IP.t -> C.t -> t Lwt.t
end
