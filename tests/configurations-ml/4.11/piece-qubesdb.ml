open Mirage

let db = default_qubesdb
let () = register "qdb" [ main "Unikernel.Main" (qubesdb @-> job) $ db ]
