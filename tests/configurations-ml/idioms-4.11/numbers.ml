(* mirage >= 4.11.0 & < 4.12.0 *)
open Mirage

(* A counter that connect sets, and what it kept of the devices before. *)
type conn = Conn

let conn = typ Conn
let seen = ref []

let connection name =
  let connect _ modname _ =
    let number = List.length !seen in
    seen := name :: !seen;
    code ~pos:__POS__ "let ctx%02d = %s.connect () in Lwt.return (ctx%02d, %S)" number modname number (String.concat "+" (List.rev !seen))
  in
  impl ~connect (String.capitalize_ascii name) conn

let () =
  register "numbers"
    [
      main "Unikernel.Main" (conn @-> conn @-> job)
      $ if_impl Key.is_unix (connection "host") (connection "guest")
      $ connection "peer";
    ]
