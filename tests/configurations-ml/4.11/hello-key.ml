open Mirage

let main = main "Unikernel" job
let () = register "hello-key" [ main ]
