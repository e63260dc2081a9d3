open Cmdliner

module Arg = struct
  type 'a t = 'a Term.t

  let opt converter default words = Arg.value (Arg.opt converter default words)

  let key ?default converter words =
    match default with
    | Some value -> opt converter value words
    | None -> Arg.required (Arg.opt (Arg.some converter) None words)

  let flag words = Arg.value (Arg.flag words)
end

module Key = struct
  type 'a t = { argument : 'a Arg.t; mutable value : 'a option }

  let create argument = { argument; value = None }

  let term key =
    let set value = key.value <- Some value in
    Term.(const set $ key.argument)

  let get key =
    match key.value with
    | Some value -> value
    | None -> invalid_arg "a key was asked for before the command line was read"
end

let is_read = ref false

let with_argv terms name argv =
  if not !is_read then begin
    let both () () = () in
    let all = List.fold_left (fun one other -> Term.(const both $ one $ other)) (Term.const ()) terms in
    match Cmd.eval_value ~argv (Cmd.v (Cmd.info name) all) with
    | Ok (`Ok ()) -> is_read := true
    | Ok (`Help | `Version) -> exit 0
    | Error _ -> exit 64
  end
