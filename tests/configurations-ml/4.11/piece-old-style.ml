open Mirage

let main = foreign "Unikernel.Hello" (time @-> job)
let () = register "old" [ main $ default_time ]
