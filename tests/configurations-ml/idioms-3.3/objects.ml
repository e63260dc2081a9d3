open Mirage

(* Objects in a list, one of them a functor that is an argument; methods of one are asked by another. *)
type cell = Cell
type shelf = Shelf

let cell = Type Cell
let shelf = Type Shelf

let plain =
  object
    inherit base_configurable
    method ty = cell
    method name = "plain"
    method module_name = "Cells.Plain"
    method! packages = Key.pure [ package ~sublibs:[ "unix" ] "cells" ]
  end

let boxed =
  object
    inherit base_configurable
    method ty = cell @-> shelf
    method name = plain#name ^ "_box"
    method module_name = "Cells.Box"
    method! packages = plain#packages
    method! connect _ modname values = String.concat " " ((modname ^ ".connect") :: values)
  end

let () =
  let cells = List.map impl [ plain; plain ] in
  match cells with
  | [ one; two ] -> register "objects" [ foreign "Unikernel.Main" (cell @-> shelf @-> job) $ one $ (impl boxed $ two) ]
  | _ -> assert false
