type t = string

let v path = path
