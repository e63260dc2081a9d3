open Mirage
open Functoria.DSL

type t = T

let t = typ T

let data =
  let path = Fpath.v "data.ml" in
  let files _ = [ path; Fpath.v "data.txt" ] in
  let configure info =
    Action.with_output ~path ~purpose:"what it is called" (fun ppf ->
        Fmt.pf ppf "let name = %S@." (Info.name info))
  in
  let dune _ =
    [ Dune.stanzaf {|(rule (targets %s) (action (with-stdout-to %s (echo ""))))|} "x.ml" "x.ml" ]
  in
  let install _ = Functoria.Install.v ~etc:[ Fpath.v "conf.txt" ] ~bin:Fpath.[ (v "tool.exe", v "tool") ] () in
  let connect _ modname = function
    | net :: [] -> code ~pos:__POS__ "%s.start %s" modname net
    | values -> connect_err "data" (List.length values)
  in
  impl ~files ~configure ~dune ~install ~connect ~extra_deps:[ dep default_network ] "Data" t

let () = register "device-hooks" [ main "Unikernel.Main" (t @-> job) $ data ]
