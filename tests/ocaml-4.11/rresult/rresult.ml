module R = struct
  type msg = [ `Msg of string ]

  let msgf format = Format.kasprintf (fun text -> `Msg text) format
  let reword_error reword = Result.map_error reword
  let failwith_error_msg = function Ok value -> value | Error (`Msg text) -> failwith text
end
