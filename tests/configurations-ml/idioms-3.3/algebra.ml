open Mirage_impl_arpv4
open Mirage

(* Values of keys: a function applied to one, a match, packages by key, a value in connect. *)
type sound = Sound

let target_name =
  Key.match_ (Key.value Key.target) @@ function
  | `Unix | `MacOSX -> "posix"
  | (`Xen | `Qubes) as target -> if target = `Xen then "pv" else "qubes"
  | _ -> "bare"

let player =
  impl
  @@ object
       inherit base_configurable
       method ty = Type Sound
       method name = "player"
       method module_name = "Player"

       method! packages =
         Key.(pure (fun name -> [ package ("player-" ^ name) ]) $ target_name)

       method! connect info modname _ =
         Fmt.strf "%s.connect %S" modname (Key.eval (Info.context info) target_name)
     end

let device =
  match_impl target_name ~default:(ramdisk "bare") [ ("posix", block_of_file "disk.img"); ("pv", block_of_file "xvdb") ]

let main = foreign "Unikernel.Main" ((Type Sound : sound typ) @-> block @-> job)
let () = register "algebra" [ main $ player $ device ]
