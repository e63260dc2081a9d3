open Mirage

let app () = main "App" job
let () = register "noop" [ if_impl Key.is_unix (app ()) (app ()) ]
