let hex text = String.concat "" (List.map (fun char -> Printf.sprintf "%02x" (Char.code char)) (List.of_seq (String.to_seq text)))

module Main (_ : Mirage_types_lwt.TIME) = struct
  let start _time =
    List.iter
      (fun get -> print_endline (hex (get ())))
      Key_gen.
        [
          text_0; text_1; text_2; text_3; text_4; text_5; text_6; text_7; text_8; text_9; text_10; text_11; text_12;
          text_13; text_14; text_15;
        ];
    List.iter (fun text -> print_endline (hex text)) (Key_gen.fixed ());
    Lwt.return_unit
end
