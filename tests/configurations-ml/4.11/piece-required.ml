open Mirage

type c = C

let c = typ C
let names = [ ("red", `Red); ("blue", `Blue) ]

let tint =
  let doc = Key.Arg.info ~doc:"A colour." [ "tint" ] in
  Key.(create "tint" Arg.(required (Cmdliner.Arg.enum names) doc))

let many = Key.(create "many" Arg.(opt_all Cmdliner.Arg.string (info [ "many" ])))

let paint =
  let connect info modname _ =
    let context = Info.context info in
    let name =
      match Key.get context tint with
      | None -> raise Not_found
      | Some tint -> fst (List.find (fun (_, each) -> each = tint) names)
    in
    code ~pos:__POS__ "%s.connect %S [%a]" modname name Fmt.(list ~sep:semi Dump.string) (Key.get context many)
  in
  impl ~keys:[ Key.v tint; key many ] ~connect "Paint" c

let () = register "required" [ main "Unikernel.Main" (c @-> job) $ paint ]
