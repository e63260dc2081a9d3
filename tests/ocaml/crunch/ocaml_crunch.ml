(* ocaml-crunch -m lwt DIRECTORY: prints a module that holds the files of a directory, with the interface that crunch
   2 gave such modules. *)

let rec files directory path =
  let full = if path = "" then directory else Filename.concat directory path in
  if Sys.is_directory full then
    let below name = files directory (if path = "" then name else path ^ "/" ^ name) in
    List.concat_map below (List.sort compare (Array.to_list (Sys.readdir full)))
  else [ path ]

let content path =
  let channel = open_in_bin path in
  Fun.protect ~finally:(fun () -> close_in channel) (fun () -> really_input_string channel (in_channel_length channel))

let interface =
  {|
type +'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t
type error = Mirage_kv.error
type t = unit

let pp_error ppf (`Unknown_key key) = Format.fprintf ppf "there is no key %s" key

let connect () = Lwt.return_unit
let disconnect () = Lwt.return_unit
let mem () key = Lwt.return_ok (content key <> None)

let with_content key use =
  Lwt.return (match content key with Some text -> Ok (use text) | None -> Error (`Unknown_key key))

let size () key = with_content key (fun text -> Int64.of_int (String.length text))

let page text offset length =
  let page = Cstruct.sub (Io_page.to_cstruct (Io_page.get 1)) 0 length in
  Cstruct.blit_from_string text offset page 0 length;
  page

let read () key offset length =
  with_content key (fun text ->
      let start = min (Int64.to_int offset) (String.length text) in
      let stop = min (start + Int64.to_int length) (String.length text) in
      let rec from at =
        if at >= stop then []
        else
          let length = min Io_page.page_size (stop - at) in
          page text at length :: from (at + length)
      in
      from start)
|}

let () =
  match Sys.argv with
  | [| _; "-m"; "lwt"; directory |] ->
      let case path = Printf.printf "  | %S | %S -> Some %S\n" path ("/" ^ path) (content (Filename.concat directory path)) in
      print_string "let content = function\n";
      List.iter case (files directory "");
      print_string "  | _ -> None\n";
      print_string interface
  | _ ->
      prerr_endline "usage: ocaml-crunch -m lwt DIRECTORY";
      exit 2
