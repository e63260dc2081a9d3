open Cmdliner

let docs = "OCAML RUNTIME OPTIONS"

let flag name what = function
  | None -> Term.const false
  | Some default -> Arg.(value & opt bool default & info [ name ] ~docs ~doc:what)

let setup ?(backtrace = Some false) ?(randomize_hashtables = Some false)
    ?gc_control:(_ : Gc.control option option) () =
  let set backtraces randomize =
    Printexc.record_backtrace backtraces;
    if randomize then Hashtbl.randomize ()
  in
  Term.(
    const set
    $ flag "backtrace" "Print backtraces of exceptions." backtrace
    $ flag "randomize-hashtables" "Hash otherwise each time." randomize_hashtables)
