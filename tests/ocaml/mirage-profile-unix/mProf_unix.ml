type log_buffer = (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t

let timestamper buffer at = Bigarray.Array1.set buffer at '\000'

let mmap_buffer ~size path =
  let file = Unix.openfile path [ Unix.O_RDWR; Unix.O_CREAT ] 0o644 in
  let whole = Unix.map_file file Bigarray.char Bigarray.c_layout true [| size |] in
  Unix.close file;
  Bigarray.array1_of_genarray whole
