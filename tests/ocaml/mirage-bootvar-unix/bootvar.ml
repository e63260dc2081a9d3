type state = Plain | Quoted of char

let split line =
  let word = Buffer.create 16 in
  let finish words = if Buffer.length word = 0 then words else Buffer.contents word :: words in
  let rec go words state at =
    if at = String.length line then
      match state with Plain -> List.rev (finish words) | Quoted _ -> failwith "a quote among the boot arguments is not closed"
    else
      match (line.[at], state) with
      | '\\', (Plain | Quoted '"') ->
          if at + 1 = String.length line then failwith "the boot arguments end in a backslash";
          Buffer.add_char word line.[at + 1];
          go words state (at + 2)
      | (('"' | '\'') as quote), Plain -> go words (Quoted quote) (at + 1)
      | char, Quoted quote when char = quote -> go words Plain (at + 1)
      | (' ' | '\t' | '\n' | '\r'), Plain ->
          let words = finish words in
          Buffer.clear word;
          go words Plain (at + 1)
      | char, _ ->
          Buffer.add_char word char;
          go words state (at + 1)
  in
  go [] Plain 0

let argv () = Lwt.return (Array.of_list (split (String.concat " " (Array.to_list Sys.argv))))
