open Cmdliner

type log_threshold = [ `All | `Src of string ] * Logs.level option

let register_arg = Functoria_runtime.register_arg
let runtime_args = Functoria_runtime.runtime_args
let with_argv = Functoria_runtime.with_argv
let s_log = "LOG AND MONITORING OPTIONS"

let threshold =
  let of_string text =
    let source, level =
      match String.rindex_opt text ':' with
      | None -> (`All, text)
      | Some at ->
          let name = String.sub text 0 at in
          ((if name = "*" then `All else `Src name), String.sub text (at + 1) (String.length text - at - 1))
    in
    Result.map (fun level -> (source, level)) (Logs.level_of_string level)
  in
  let pp ppf (source, level) =
    Format.fprintf ppf "%s:%s" (match source with `All -> "*" | `Src name -> name) (Logs.level_to_string level)
  in
  Arg.conv (of_string, pp)

let logs = Arg.(value & opt (list threshold) [] & info [ "l"; "logs" ] ~docv:"LEVEL" ~docs:s_log ~doc:"What is logged.")
let delay = Arg.(value & opt int 0 & info [ "delay" ] ~doc:"Seconds to wait before all else.")
let analyze = Arg.(value & opt bool true & info [ "analyze" ] ~docs:"DISK OPTIONS" ~doc:"Look through disks first.")
let asked_name = register_arg Arg.(value & opt (some string) None & info [ "name" ] ~doc:"Another name.")
let own_name = ref "a.ml-enthusiast.unikernel"
let set_name name = own_name := Option.value (asked_name ()) ~default:name
let name () = !own_name

let set_level ~default thresholds =
  let all = function `All, level -> Some level | `Src _, _ -> None in
  Logs.set_level (Option.value (List.find_map all thresholds) ~default);
  let set = function
    | `All, _ -> ()
    | `Src name, level ->
        List.iter
          (fun source -> if Logs.Src.name source = name then Logs.Src.set_level source level)
          (Logs.Src.list ())
  in
  List.iter set thresholds
