open Mirage

(* A name of 4.10 and before. *)
let stack = generic_stackv4 default_network
let () = register "pgx" [ main ~runtime_args:[ runtime_arg ~pos:__POS__ "Unikernel.port" ] "Unikernel.Main" (stackv4v6 @-> job) $ stack ]
