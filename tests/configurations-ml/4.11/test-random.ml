open Mirage

let () = register "random" [ main "App.Make" (job @-> job) $ noop ]
