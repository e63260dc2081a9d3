let now_d_ps () = !Mirage_ptime_set.now
