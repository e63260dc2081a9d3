(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

(* A pin beside the configuration, an environment variable, and labels in any order. *)
let pin ?(version = "dev") dir name =
  package name ~pin:("file://" ^ Filename.concat dir name) ~pin_version:version

let here = Filename.basename (Filename.dirname "/srv/me/config.ml")
let packages = [ pin "/srv" "one"; pin ~version:"2.0" ("/srv/" ^ here) "two"; package ~scope:`Switch ~build:true "tool" ]
let who = match Sys.getenv_opt "NOBODY_SETS_THIS" with Some name -> name | None -> "nobody"
let () = register ("pins-" ^ who) [ main "Unikernel" job ~packages ]
