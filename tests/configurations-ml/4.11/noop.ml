open Mirage

let () = register "noop" []
