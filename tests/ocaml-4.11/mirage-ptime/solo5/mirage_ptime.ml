let now_d_ps () = (0, 0L)
