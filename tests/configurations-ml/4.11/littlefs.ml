open Mirage

let program_block_size = Runtime_arg.create ~pos:__POS__ "Unikernel.program_block_size"
let packages = [ package ~sublibs:[ "core"; "string" ] "hxd" ]
let main = main ~packages "Unikernel.Make" (kv_rw @-> job)
let store = chamelon ~program_block_size @@ block_of_file "littlefs"
let () = register "elittlefs" [ main $ store ]
