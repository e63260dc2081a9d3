type +'a io = 'a Lwt.t
type t = unit

let connect = Lwt.return
let disconnect () = Lwt.return_unit

let now_d_ps () =
  let seconds = Unix.gettimeofday () in
  let days = Float.to_int (seconds /. 86400.) in
  (days, Int64.of_float ((seconds -. (Float.of_int days *. 86400.)) *. 1e12))

let current_tz_offset_s () = Some 0
let period_d_ps () = Some (0, 1_000_000L)
