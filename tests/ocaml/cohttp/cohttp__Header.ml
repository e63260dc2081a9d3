type t = (string * string) list

let init_with name value = [ (name, value) ]
