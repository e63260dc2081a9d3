open Mirage

let () = register ~reporter:(default_reporter () ~level:None) "quiet" [ main "Unikernel" job ]
