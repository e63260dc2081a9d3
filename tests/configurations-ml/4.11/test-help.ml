open Mirage

let () = register "noop" [ main "App" (job @-> job) $ noop ]
