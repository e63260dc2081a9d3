open Cmdliner

let exit_help = 63
let exit_arguments = 64
let registered : unit Term.t list ref = ref []
let is_read = ref false

let register_arg term =
  let value = ref None in
  let set found = value := Some found in
  registered := Term.(const set $ term) :: !registered;
  fun () ->
    match !value with
    | Some found -> found
    | None -> invalid_arg "an argument was asked for before the command line was read"

let runtime_args () = List.rev !registered

let with_argv terms name argv =
  if not !is_read then begin
    let both () () = () in
    let all = List.fold_left (fun one other -> Term.(const both $ one $ other)) (Term.const ()) terms in
    match Cmd.eval_value ~argv (Cmd.v (Cmd.info name) all) with
    | Ok (`Ok ()) -> is_read := true
    | Ok (`Help | `Version) -> exit exit_help
    | Error _ -> exit exit_arguments
  end
