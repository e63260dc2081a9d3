(* The files below a directory as a module that serves them: ocaml-crunch -o NAME.ml DIRECTORY. *)

let rec files root inside =
  let entry name =
    let path = if inside = "" then name else inside ^ "/" ^ name in
    if Sys.is_directory (Filename.concat root path) then files root path else [ path ]
  in
  List.concat_map entry (List.sort compare (Array.to_list (Sys.readdir (Filename.concat root inside))))

let content path =
  let channel = open_in_bin path in
  Fun.protect ~finally:(fun () -> close_in channel) (fun () -> really_input_string channel (in_channel_length channel))

let write path text =
  let channel = open_out_bin path in
  output_string channel text;
  close_out channel

let () =
  match Sys.argv with
  | [| _; "-o"; output; directory |] ->
      let case path = Printf.sprintf "  (%S, %S);\n" path (content (Filename.concat directory path)) in
      let held = String.concat "" (List.map case (files directory "")) in
      write output
        ("include Mirage_kv_mem\n\nlet files = [\n" ^ held
       ^ "]\n\n\
          let connect () =\n\
         \  let open Lwt.Infix in\n\
         \  connect () >>= fun store ->\n\
         \  Lwt_list.iter_s (fun (path, text) -> set store (Mirage_kv.Key.v path) text >|= fun _ -> ()) files >|= fun () ->\n\
         \  store\n");
      write (output ^ "i") "include Mirage_kv.RO\n\nval connect : unit -> t Lwt.t\n"
  | _ ->
      prerr_endline "usage: ocaml-crunch -o NAME.ml DIRECTORY";
      exit 2
