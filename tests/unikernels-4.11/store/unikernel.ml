open Lwt.Infix
open Cmdliner

let ask = Arg.(value & opt (list string) [] & info [ "ask" ] ~doc:"The keys whose values are told.")

module Main (Store : Mirage_kv.RO) = struct
  let start store keys =
    Lwt_list.iter_s
      (fun key ->
        Store.get store (Mirage_kv.Key.v key) >|= function
        | Ok value -> Printf.printf "%s: %d %S\n" key (String.length value) value
        | Error error -> Fmt.pr "%a\n" Store.pp_error error)
      keys
end
