type framing = [ `LineFeed | `Null | `Custom of string | `Count ]

(* The facility "user", and the severity. *)
let priority level =
  8 + match level with Logs.App -> 5 | Logs.Error -> 3 | Logs.Warning -> 4 | Logs.Info -> 6 | Logs.Debug -> 7

let reporter ~hostname ?(truncate = max_int) send =
  let report source level ~over continue message =
    message (fun ?header:_ ?tags:_ format ->
        let finish text =
          let line = Format.asprintf "<%d>%s %s: %s" (priority level) hostname (Logs.Src.name source) text in
          send (String.sub line 0 (min truncate (String.length line)));
          over ();
          continue ()
        in
        Format.kasprintf finish format)
  in
  { Logs.report }
