open Mirage

let disk = block_of_xenstore_id "/dev/xvdi1"
let () = register "xenstore" [ main "Unikernel.Main" (block @-> job) $ disk ]
