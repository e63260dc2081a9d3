module type S = Mirage_block.S with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t
