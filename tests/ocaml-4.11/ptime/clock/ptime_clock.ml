let now_d_ps () =
  let seconds = int_of_float (Sys.time ()) in
  (seconds / 86_400, Int64.mul (Int64.of_int (seconds mod 86_400)) 1_000_000_000_000L)
