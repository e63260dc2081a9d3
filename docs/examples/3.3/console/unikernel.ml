open Lwt.Infix

module Main (Console : Mirage_types_lwt.CONSOLE) (Time : Mirage_types_lwt.TIME) = struct
  let start console _time =
    let rec say left =
      if left = 0 then Lwt.return_unit
      else Console.log console "hello" >>= fun () -> Time.sleep_ns (Duration.of_ms 10) >>= fun () -> say (left - 1)
    in
    say 4
end
