open Lwt.Infix
open Cmdliner

let filename = Arg.(value & opt string "README.md" & info [ "filename" ] ~doc:"The file to show.")

module Main (Files : Mirage_kv.RO) = struct
  let start files name =
    Files.get files (Mirage_kv.Key.v name) >|= function
    | Ok text -> print_string text
    | Error error -> Format.printf "%a@." Files.pp_error error
end
