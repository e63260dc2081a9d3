type t = string

let to_string (body : t) = Lwt.return body
let of_string (text : string) : t = text
