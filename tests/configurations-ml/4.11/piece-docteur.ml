open Mirage

(* Key has a name and a default of its own, which hide others inside Key.( ). *)
let option option value =
  let open Cmdliner in
  Key.create option Key.Arg.(opt Arg.string value (info [ option ]))

let assets = docteur "relativize://assets" ~mode:`Light ~extra_deps:[ "a.txt"; "b.txt" ]
let site = docteur "file://var/www" ~name:(option "web-name" "web") ~output:(option "web-output" "web.img")
let () = register "docteurs" [ main "Unikernel.Main" (kv_ro @-> kv_ro @-> job) $ assets $ site ]
