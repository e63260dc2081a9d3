open Mirage

let main = main "Unikernel.Main" (kv_ro @-> job)
let () = register "kv_ro" [ main $ generic_kv_ro "t" ]
