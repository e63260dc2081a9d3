open Mirage

let () = register "resolver-unix" [ main "Unikernel.Main" (resolver @-> job) $ resolver_unix_system ]
