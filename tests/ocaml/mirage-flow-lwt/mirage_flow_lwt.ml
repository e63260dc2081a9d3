module type S = Mirage_flow.S with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
