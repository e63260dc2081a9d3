module Main (Random : Mirage_types_lwt.RANDOM) = struct
  let start _random =
    let print size =
      let text = Cstruct.to_string (Random.generate size) in
      Printf.printf "%d:%s\n" (String.length text) (Digest.to_hex (Digest.string text))
    in
    List.iter print [ 0; 16; 16 ];
    Lwt.return_unit
end
