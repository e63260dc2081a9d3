open Mirage

(* A converter of one's own: a parser and a printer, what it is in OCaml, and what reads it at boot. *)
let storage =
  let conv = Cmdliner.Arg.enum [ ("files", `Files); ("memory", `Memory) ] in
  let serialize ppf = function
    | `Files -> Fmt.string ppf "`Files"
    | `Memory -> Fmt.pf ppf "`%s" "Memory"
  in
  let converter = Key.Arg.conv ~conv ~serialize ~runtime_conv:"storage" in
  Key.(create "storage" Arg.(opt ~stage:`Configure converter `Memory (info [ "storage"; "s" ])))

let secret = try Sys.getenv "SECRET_OF_NOBODY" with Not_found -> "none"

let store =
  match_impl (Key.value storage) ~default:(crunch "files") [ (`Memory, crunch ("memory-" ^ secret)) ]

let () = register "converter" [ foreign "Unikernel.Main" (kv_ro @-> job) $ store ]
