open Mirage

type hash = Hash
type git = Git

(* Types of our own, by the name that the Python form gives them. *)
let sha1 = typ Hash
let git = typ Git
let sha1_impl = impl ~packages:[ package "digestif" ] "Digestif.SHA1" sha1

let git_impl =
  let packages = [ package ~min:"3.8.0" "git" ] in
  let connect _ modname = function
    | [ _ ] ->
        code ~pos:__POS__
          {ocaml|%s.v (Fpath.v ".") >>= function Ok store -> Lwt.return store | Error error -> Fmt.failwith "%%a" %s.pp_error error|ocaml}
          modname modname
    | _ -> connect_err "git" 1
  in
  impl ~packages ~connect "Git.Mem.Make" (sha1 @-> git)

let mimic stackv4v6 =
  let he = generic_happy_eyeballs stackv4v6 in
  mimic_happy_eyeballs stackv4v6 he (generic_dns_client stackv4v6 he)

let merge a b = merge_git_clients a b
let stack = generic_stackv4v6 default_network
let tcp = tcpv4v6_of_stackv4v6 stack
let mimic = mimic stack

let client =
  let ssh = git_ssh tcp mimic and http = git_http tcp mimic in
  merge http (merge (git_tcp tcp mimic) ssh)

let main = main ~packages:[ package "ptime" ] "Unikernel.Make" (git @-> git_client @-> job)
let () = register "minigit" [ main $ (git_impl $ sha1_impl) $ client ]
