type error = Mirage_kv.error
type write_error = Mirage_kv.write_error
type key = Mirage_kv.Key.t
type t = string

let pp_error = Mirage_kv.pp_error
let pp_write_error = Mirage_kv.pp_write_error
let connect directory = Lwt.return directory
let disconnect _ = Lwt.return_unit
let path directory key = String.concat "/" (directory :: key)

let kind directory key =
  let path = path directory key in
  if not (Sys.file_exists path) then None else if Sys.is_directory path then Some `Dictionary else Some `Value

let exists directory key = Lwt.return_ok (kind directory key)

let content path =
  let channel = open_in_bin path in
  Fun.protect ~finally:(fun () -> close_in channel) (fun () -> really_input_string channel (in_channel_length channel))

let get directory key =
  Lwt.return
    (match kind directory key with
    | None -> Error (`Not_found key)
    | Some `Dictionary -> Error (`Value_expected key)
    | Some `Value -> Ok (content (path directory key)))

let list directory key =
  Lwt.return
    (match kind directory key with
    | None -> Error (`Not_found key)
    | Some `Value -> Error (`Dictionary_expected key)
    | Some `Dictionary ->
        let entry last = (key @ [ last ], Option.get (kind directory (key @ [ last ]))) in
        Ok (List.map entry (List.sort compare (Array.to_list (Sys.readdir (path directory key))))))

let size directory key = Lwt.map (Result.map String.length) (get directory key)

let set directory key content =
  let channel = open_out_bin (path directory key) in
  output_string channel content;
  Lwt.return_ok (close_out channel)

let remove directory key = Lwt.return_ok (Sys.remove (path directory key))
