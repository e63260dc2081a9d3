open Mirage

let packages = [ package ~min:"0.2.0" "randomconv" ]
let main = main ~packages "Unikernel" job
let () = register "echo_server" [ main ]
