open Mirage

let () = register "noop-functor.v0" [ main "App" (job @-> job) $ noop ]
