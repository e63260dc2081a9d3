open Mirage

let name = string_of_int 1 ^ String.concat "" [ "a"; "b"; "c" ]
let () = register name [ main "Unikernel" job ]
