open Mirage

let () =
  let main = main "Unikernel" job in
  register "heads1" [ main ]
