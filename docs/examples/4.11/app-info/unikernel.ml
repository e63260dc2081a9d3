let start () =
  Fmt.pr "%s, compiled by OCaml %s@." (Mirage_runtime.name ()) Sys.ocaml_version;
  Lwt.return_unit
