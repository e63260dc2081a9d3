module Rng = struct
  type g = in_channel
  type buffer = Cstruct.t

  exception Unseeded

  let source = ref None
  let set_source channel = source := Some channel

  let generate ?g size =
    match (g, !source) with
    | Some channel, _ | None, Some channel -> Cstruct.of_string (really_input_string channel size)
    | None, None -> raise Unseeded
end

module Rsa = struct
  type priv = { text : string }
end
