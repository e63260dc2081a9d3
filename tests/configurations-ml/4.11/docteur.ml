open Mirage

let filename = runtime_arg ~pos:__POS__ "Unikernel.filename"
let unikernel = main ~runtime_args:[ filename ] "Unikernel.Make" (kv_ro @-> job)
let remote = "https://github.com/mirage/mirage"
let () = register "docteur_kv_ro" [ unikernel $ docteur ~branch:"refs/heads/main" remote ]
