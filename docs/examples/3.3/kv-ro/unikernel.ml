open Lwt.Infix

module Main (Store : Mirage_types_lwt.KV_RO) = struct
  let start store =
    Store.read store "secret" 0L 4096L >|= function
    | Error error -> Format.printf "%a@." Store.pp_error error
    | Ok parts ->
        let text = Cstruct.to_string (Cstruct.concat parts) in
        print_endline (if String.trim text = "foo" then "the contents are right" else "the contents are wrong")
end
