open Mirage

let main = main "Unikernel.Main" (block @-> job)
let () = register "bad" [ main $ default_network ]
