let create ?(ch = Format.err_formatter) () =
  let report src level ~over continue message =
    message (fun ?header:_ ?tags:_ format ->
        let finish ppf =
          Format.pp_print_newline ppf ();
          over ();
          continue ()
        in
        Format.kfprintf finish ch ("%a [%s] @[" ^^ format ^^ "@]") Logs.pp_level level (Logs.Src.name src))
  in
  { Logs.report }
