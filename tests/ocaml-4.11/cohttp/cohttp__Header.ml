type t = Http.Header.t

let init_with name value = [ (name, value) ]
