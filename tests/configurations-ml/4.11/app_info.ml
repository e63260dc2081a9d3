(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

let main =
  let packages = [ package "fmt"; package "dune-build-info" ] in
  main ~packages "Unikernel" job

let () = register "app-info" [ main ]
