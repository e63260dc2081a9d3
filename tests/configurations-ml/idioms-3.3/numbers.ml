open Mirage

(* A counter that connect sets: each device has the next number, in the order of the main module. *)
type conn = Conn

let conn = typ Conn
let count = ref (-1)

let fresh () =
  incr count;
  !count

let connection name =
  impl
    (object
       inherit base_configurable
       method ty = conn
       method name = name
       method module_name = String.capitalize_ascii name
       method! connect _ modname _ = Printf.sprintf "let ctx%02d = %s.connect () in return ctx%02d" (fresh ()) modname !count
    end)

let () =
  register "numbers"
    [ foreign "Unikernel.Main" (conn @-> conn @-> job) $ if_impl Key.is_unix (connection "host") (connection "guest") $ connection "peer" ]
