(* The checksum of the Internet protocols, RFC 1071. *)

let ones_complement buffer =
  let length = Cstruct.length buffer in
  let word at =
    let high = Cstruct.get_uint8 buffer at in
    (high lsl 8) lor if at + 1 < length then Cstruct.get_uint8 buffer (at + 1) else 0
  in
  let rec sum total at = if at >= length then total else sum (total + word at) (at + 2) in
  let rec fold total = if total > 0xffff then fold ((total land 0xffff) + (total lsr 16)) else total in
  lnot (fold (sum 0 0)) land 0xffff
