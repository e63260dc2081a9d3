type t = (string * string) list
