(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

(* Devices chosen by a key of its own, with packages by keys, and a name that OCaml has otherwise. *)
type mode = Mode

let mode = typ Mode
let fast = Key.(create "fast" Arg.(flag (info ~doc:"Be fast." [ "fast" ])))

let device modname packages_v =
  impl ~keys:[ Key.v fast ] ~packages_v ~connect:(fun _ m -> function [] -> code ~pos:__POS__ "%s.mode %b" m (modname = "Mode.Fast") | _ -> assert false) modname mode

let quick = device "Mode.Fast" Key.(if_ is_unix [ package "quick-unix" ] [ package "quick" ])
let slow = device "Mode.Slow" (Key.pure [])
let () = register "chosen" [ main "Unikernel.Main" (mode @-> job) $ if_impl (Key.value fast) quick slow ]
