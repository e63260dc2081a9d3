module Main (Random : Mirage_types_lwt.RANDOM) = struct
  let hex data =
    let text = Cstruct.to_string data in
    String.concat "" (List.init (String.length text) (fun at -> Printf.sprintf "%02x" (Char.code text.[at])))

  let start _random =
    List.iter (fun size -> print_endline (hex (Random.generate size))) [ 8; 16; 32 ];
    Lwt.return_unit
end
