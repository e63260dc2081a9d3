let start () size =
  Printf.printf "second: %Ld\n" size;
  Lwt.return_unit
