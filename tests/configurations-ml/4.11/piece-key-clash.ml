open Mirage

let fancy = Key.(create "fancy" Arg.(flag (info ~doc:"Be fancy." [ "f"; "fancy" ])))
let other = if_impl Key.(value fancy) noop (main "Other" job)
let () = register "key-clash" [ main "Unikernel" job; other ]
