open Lwt.Infix
open Cmdliner

let program_block_size =
  Arg.(value & opt int 16 & info [ "program-block-size" ] ~doc:"How many bytes the disk writes at once.")

module Main (Store : Mirage_kv.RW) = struct
  let key = Mirage_kv.Key.v "greeting"

  let start store =
    Store.set store key "hello" >>= function
    | Error error -> Lwt.fail_with (Format.asprintf "%a" Store.pp_write_error error)
    | Ok () -> (
        Store.get store key >|= function
        | Ok text -> print_endline text
        | Error error -> Format.printf "%a@." Store.pp_error error)
end
