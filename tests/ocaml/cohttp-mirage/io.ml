open Lwt.Infix
module Flow = Conduit_mirage.Flow

(* All that the other side sends, or its head: what is before the first empty line. *)
let read ~head flow =
  let rec more text =
    let lines = String.split_on_char '\n' text in
    if head && List.exists (fun line -> line = "" || line = "\r") lines && text <> "" then Lwt.return text
    else
      Flow.read flow >>= function
      | Ok (`Data data) -> more (text ^ Cstruct.to_string data)
      | Ok `Eof | Error _ -> Lwt.return text
  in
  more ""

let write flow text = Flow.write flow (Cstruct.of_string text) >|= ignore
