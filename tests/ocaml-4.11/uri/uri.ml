type t = string

let of_string text = text

(* Scheme, what is between // and the next /, and what is after it. *)
let parts text =
  match String.split_on_char '/' text with
  | scheme :: "" :: where :: path when scheme <> "" -> (Some scheme, where, "/" ^ String.concat "/" path)
  | _ -> (None, "", text)

let scheme uri = match parts uri with Some text, _, _ -> Some (String.sub text 0 (String.length text - 1)) | _ -> None
let where uri = match parts uri with _, text, _ -> String.split_on_char ':' text
let host uri = match where uri with "" :: _ | [] -> None | host :: _ -> Some host
let port uri = match where uri with [ _; port ] -> int_of_string_opt port | _ -> None
let path uri = match parts uri with _, _, path -> path
