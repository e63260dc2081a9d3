module type S =
  Mirage_net.S with type 'a io = 'a Lwt.t and type buffer = Cstruct.t and type macaddr = Macaddr.t
