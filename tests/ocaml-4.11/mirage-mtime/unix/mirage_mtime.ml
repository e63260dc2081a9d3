let elapsed_ns = Mtime_clock.elapsed_ns
