let start () =
  print_endline (Greetings.hello "you");
  Lwt.return_unit
