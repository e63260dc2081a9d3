module Make (IP : Mirage_protocols_lwt.IP) (R : Mirage_random.C) : sig
  include
    Mirage_protocols_lwt.UDP
      with type ipaddr = IP.ipaddr
       and type ipinput = src:IP.ipaddr -> dst:IP.ipaddr -> Cstruct.t -> unit Lwt.t

  val connect : IP.t -> t Lwt.t
end
