open Mirage

let () = register "noop" [ noop ]
