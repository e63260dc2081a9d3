let elapsed_ns () = !Mirage_mtime_set.elapsed
