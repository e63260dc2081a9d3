module type RO = Mirage_kv.RO with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t
