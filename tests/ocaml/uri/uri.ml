type t = string

let of_string text = text

let host text =
  match String.split_on_char '/' text with
  | _ :: "" :: host :: _ when host <> "" -> Some host
  | _ -> None
