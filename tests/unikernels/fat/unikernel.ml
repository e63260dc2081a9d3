open Lwt.Infix

module Main (Fs : Mirage_types_lwt.FS) (Store : Mirage_types_lwt.KV_RO) = struct
  let start fs store =
    Fs.listdir fs "/" >>= fun _ ->
    Store.mem store "readme" >|= function Ok found -> print_endline (string_of_bool found) | Error _ -> exit 2
end
