open Mirage

let main = main "Unikernel" job
let () = register "speaking_clock" [ main ]
