open Lwt.Infix

module Main (Store : Mirage_types_lwt.KV_RO) = struct
  let ok = function Ok value -> value | Error error -> failwith (Format.asprintf "%a" Store.pp_error error)

  let look store key =
    Store.mem store key >|= ok >>= function
    | false -> Lwt.return (Printf.printf "%s: no such key\n" key)
    | true ->
        Store.size store key >|= ok >>= fun size ->
        Store.read store key 0L size >|= ok >>= fun whole ->
        Store.read store key 2L 3L >|= ok >|= fun part ->
        let text buffers = Cstruct.to_string (Cstruct.concat buffers) in
        Printf.printf "%s: %Ld %s %S\n" key size (Digest.to_hex (Digest.string (text whole))) (text part)

  let start store = Lwt_list.iter_s (look store) (Key_gen.ask ())
end
