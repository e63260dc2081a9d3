let hex text = String.concat "" (List.map (fun char -> Printf.sprintf "%02x" (Char.code char)) (List.of_seq (String.to_seq text)))

let start () =
  List.iter (fun size -> print_endline (hex (Mirage_crypto_rng.generate size))) [ 8; 16; 32 ];
  Lwt.return_unit
