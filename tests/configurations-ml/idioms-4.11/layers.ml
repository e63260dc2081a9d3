(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

(* Functors over devices of one's own, of which two are the same, and one only differs by its packages. *)
type a = A
type b = B of int

let a = typ A
let b = typ (B 1)
let base ?(packages = []) () = impl ~packages "Base" a

let over inner =
  impl ~connect:(fun _ m vs -> code ~pos:__POS__ "%s" (String.concat " " (List.append [ m ^ ".start" ] vs))) "Over.Make" (a @-> b) $ inner

let jobs =
  [
    main "Unikernel.One" (b @-> job) $ over (base ());
    main "Unikernel.Two" (b @-> b @-> job) $ over (base ()) $ over (base ~packages:[ package "base" ~scope:`Monorepo ] ());
  ]

let () = register "layers" jobs
