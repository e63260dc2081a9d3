type t = Functoria_info.t = { name : string; libraries : string list; packages : (string * string) list }
