open Mirage

let packages = [ package "duration" ]
let main = foreign ~packages "Unikernel.Hello" (time @-> job)
let () = register "hello" [ main $ default_time ]
