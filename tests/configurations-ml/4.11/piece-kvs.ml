open Mirage

let of_file f file = f (block_of_file file)
let ro = [ crunch "dir-A/b"; direct_kv_ro "t"; generic_kv_ro ~group:"web" "htdocs"; of_file tar_kv_ro "x.tar"; of_file fat_ro "y.fat" ]

let main =
  main "Unikernel.Main" (kv_ro @-> kv_ro @-> kv_ro @-> kv_ro @-> kv_ro @-> kv_rw @-> kv_rw @-> kv_rw @-> job)

let () =
  let[@warning "-8"] [ a; b; c; d; e ] = ro in
  register "kvs" [ main $ a $ b $ c $ d $ e $ direct_kv_rw "rw" $ kv_rw_mem () $ of_file tar_kv_rw "z.tar" ]
