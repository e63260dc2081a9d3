open Mirage

let () = List.iter (fun name -> register name []) [ "nojob"; "second" ]
