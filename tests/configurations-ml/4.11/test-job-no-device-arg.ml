open Mirage

let runtime_args = Runtime_arg.[ v (create ~pos:__POS__ "Unikernel.hello") ]
let () = register "noop" [ main ~runtime_args "App" job ]
