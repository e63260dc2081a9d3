open Mirage

let () = register "local-library" [ main ~local_libs:[ "hello" ] "Unikernel" job ]
