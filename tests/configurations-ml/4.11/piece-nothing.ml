open Mirage

let () =
  register "nothing" [ main "Unikernel" job ] ~argv:no_argv ~reporter:no_reporter ~sleep:no_sleep ~ptime:no_ptime
    ~mtime:no_mtime ~random:no_random
