type framing = [ `LineFeed | `Null | `Custom of string | `Count ]

(* A message as RFC 3164 has it, with neither time nor facility. *)
let reporter ~hostname ?truncate send =
  let report src level ~over continue message =
    message (fun ?header:_ ?tags:_ format ->
        Format.kasprintf
          (fun text ->
            let line = Format.asprintf "<13>%s %s: %a %s" hostname (Logs.Src.name src) Logs.pp_level level text in
            send (match truncate with Some most when most < String.length line -> String.sub line 0 most | _ -> line);
            over ();
            continue ())
          format)
  in
  { Logs.report }
