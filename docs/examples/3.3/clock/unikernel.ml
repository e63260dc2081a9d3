open Lwt.Infix

module Main
    (Time : Mirage_types_lwt.TIME)
    (Pclock : Mirage_types_lwt.PCLOCK)
    (Mclock : Mirage_types_lwt.MCLOCK) =
struct
  let start _time pclock mclock =
    let first = Mclock.elapsed_ns mclock in
    let rec say () =
      let days, picoseconds = Pclock.now_d_ps pclock in
      let seconds = Int64.(to_int (div picoseconds 1_000_000_000_000L)) in
      Printf.printf "day %d, %02d:%02d:%02d\n" days (seconds / 3600) (seconds / 60 mod 60) (seconds mod 60);
      if Int64.sub (Mclock.elapsed_ns mclock) first > Duration.of_ms 50 then Lwt.return_unit
      else Time.sleep_ns (Duration.of_ms 20) >>= say
    in
    say ()
end
