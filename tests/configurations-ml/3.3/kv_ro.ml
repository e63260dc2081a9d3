open Mirage

let main = foreign "Unikernel.Main" (kv_ro @-> job)
let disk = generic_kv_ro "t"
let () = register "kv_ro" [ main $ disk ]
