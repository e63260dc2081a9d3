let now_d_ps = Ptime_clock.now_d_ps
