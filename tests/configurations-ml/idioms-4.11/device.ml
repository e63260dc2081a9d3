(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage
module Device = Functoria.Device

(* A device by way of Device.v; a functor with a runtime argument, and devices that it needs besides. *)
type store = Store

let store = typ Store
let speed = runtime_arg ~pos:__POS__ {|Unikernel.speed|}

let store_of ?(packages = []) modname =
  let connect _ modname = function
    | [ block; network; speed ] -> code ~pos:__POS__ "%s.connect ~net:%s ~speed:%s %s" modname network speed block
    | _ -> connect_err "store" 3
  in
  of_device
    (Device.v ~packages:(package ~min:"1.2.0" ~max:"2.0.0" "store" :: packages) ~runtime_args:[ speed ]
       ~extra_deps:[ dep default_network ] ~connect modname (block @-> store))

let () =
  register "device"
    [ main "Unikernel.Main" (store @-> job) $ (store_of ~packages:[ package "fmt" ] "Store.Make" $ block_of_file "disk.img") ]
