open Lwt.Infix

module Main (Store : Mirage_kv.RO) = struct
  let start store =
    Store.get store (Mirage_kv.Key.v "secret") >|= function
    | Ok text -> print_endline (if String.trim text = "foo" then "the contents are right" else "the contents are wrong")
    | Error error -> Format.printf "%a@." Store.pp_error error
end
