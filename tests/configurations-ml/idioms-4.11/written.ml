(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage
module Install = Functoria.Install

(* A device that writes files, has rules of dune, and installs; its text is made of the application's name. *)
type data = Data

let data = typ Data
let file = Fpath.v "data.ml"

let device =
  impl
    ~files:(fun _ -> [ file ])
    ~configure:(fun info ->
      Action.write_file file (Printf.sprintf "let name = %S\nlet braces = \"{}\\\\\"\n" (Info.name info)))
    ~dune:(fun _ -> [ Dune.stanzaf "(rule (targets %s) (action (copy %s %s)))" "b.txt" "a.txt" "b.txt" ])
    ~install:(fun _ -> Install.v ~etc:[ Fpath.v "conf.txt" ] ())
    ~connect:(fun info m _ -> code ~pos:__POS__ "%s.start %S (* %s *)" m (Info.name info) "{}")
    "Data" data

let () = register "written" [ main "Unikernel.Main" (data @-> job) $ device ]
