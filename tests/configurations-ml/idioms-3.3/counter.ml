open Mirage

(* A counter for names, which operands read from the right; a functor applied in a module's name; `;;`. *)
let fresh =
  let count = ref 0 in
  fun () ->
    incr count;
    !count

type cell = Cell;;

let cell = Type Cell

let make prefix =
  let name = Printf.sprintf "%s%02d" prefix (fresh ()) in
  impl
    (object
       inherit Mirage.base_configurable
       val modname = String.capitalize_ascii name
       method ty = cell
       method name = name
       method module_name = modname
     end)

let pair = (make "left", make "right")

let () =
  let left, right = pair in
  register "counter" [ foreign "Unikernel.Make (Unikernel.Arg)" (cell @-> cell @-> job) $ left $ right ]
