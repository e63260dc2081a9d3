let elapsed_ns () = Int64.of_float (Sys.time () *. 1e9)
