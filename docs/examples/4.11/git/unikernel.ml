open Lwt.Infix
open Cmdliner

let remote =
  let doc = "The repository, and after # a branch." in
  Arg.(value & opt string "https://github.com/mirage/mirage.git" & info [ "remote" ] ~doc)

let file = Arg.(value & opt string "README.md" & info [ "file" ] ~doc:"The file to show.")

(* What a client has to offer is its value: how repositories are reached. *)
module Main (_ : sig end) = struct
  let start ctx remote file =
    Git_kv.connect ctx remote >>= fun store ->
    Git_kv.get store (Mirage_kv.Key.v file) >>= function
    | Ok text -> Lwt.return (print_string text)
    | Error error -> Lwt.fail_with (Format.asprintf "%s: %a" file Git_kv.pp_error error)
end
