open Mirage

let main = main "App" (stackv4v6 @-> job)
let () = register "describe" [ main $ generic_stackv4v6 default_network ]
