(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

let () = register "hello" [ main "Unikernel" job ]
