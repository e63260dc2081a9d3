module type S = Mirage_console.S with type 'a io = 'a Lwt.t and type buffer = Cstruct.t
