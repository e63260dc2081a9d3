open Mirage

let tracing = mprof_trace ~size:1_000_000 ()
let main = foreign "Unikernel.Main" (stackv4 @-> job)
let () = register ~tracing "example" [ main $ generic_stackv4 default_network ]
