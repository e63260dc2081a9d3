let elapsed_ns () = 0L
