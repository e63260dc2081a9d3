module type S = Mirage_time.S with type 'a io = 'a Lwt.t
