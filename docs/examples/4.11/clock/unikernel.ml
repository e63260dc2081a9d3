open Lwt.Infix

let rec start () =
  let days, picoseconds = Mirage_ptime.now_d_ps () in
  let seconds = Int64.(to_int (div picoseconds 1_000_000_000_000L)) in
  Printf.printf "day %d, %02d:%02d:%02d\n" days (seconds / 3600) (seconds / 60 mod 60) (seconds mod 60);
  if Mirage_mtime.elapsed_ns () > Duration.of_ms 50 then Lwt.return_unit
  else Mirage_sleep.ns (Duration.of_ms 20) >>= start
