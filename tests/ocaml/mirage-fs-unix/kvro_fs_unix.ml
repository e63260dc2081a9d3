type +'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t
type error = Mirage_kv.error
type t = string

let pp_error ppf (`Unknown_key key) = Format.fprintf ppf "there is no key %s" key

let connect directory =
  if Sys.file_exists directory && Sys.is_directory directory then Lwt.return directory
  else Lwt.fail_with (directory ^ " is not a directory")

let disconnect _ = Lwt.return_unit

let path directory key =
  if List.mem ".." (String.split_on_char '/' key) then None
  else
    let path = Filename.concat directory key in
    if Sys.file_exists path && not (Sys.is_directory path) then Some path else None

let mem directory key = Lwt.return_ok (path directory key <> None)

let with_file directory key use =
  match path directory key with
  | None -> Lwt.return_error (`Unknown_key key)
  | Some path ->
      let channel = open_in_bin path in
      let result = Fun.protect ~finally:(fun () -> close_in channel) (fun () -> use channel) in
      Lwt.return_ok result

let size directory key = with_file directory key (fun channel -> Int64.of_int (in_channel_length channel))

let read directory key offset length =
  with_file directory key (fun channel ->
      let offset = min (Int64.to_int offset) (in_channel_length channel) in
      let length = min (Int64.to_int length) (in_channel_length channel - offset) in
      seek_in channel offset;
      [ Cstruct.of_string (really_input_string channel length) ])
