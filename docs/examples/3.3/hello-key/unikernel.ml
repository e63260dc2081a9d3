open Lwt.Infix

module Hello (Time : Mirage_types_lwt.TIME) = struct
  let start _time =
    let rec say left =
      if left = 0 then Lwt.return_unit
      else begin
        print_endline (Key_gen.hello ());
        Time.sleep_ns (Duration.of_ms 10) >>= fun () -> say (left - 1)
      end
    in
    say 4
end
