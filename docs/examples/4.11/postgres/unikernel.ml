open Lwt.Infix
open Cmdliner

let host = Arg.(required & opt (some string) None & info [ "host" ] ~doc:"The server's address.")
let port = Arg.(value & opt int 5432 & info [ "port" ] ~doc:"Its port.")
let user = Arg.(required & opt (some string) None & info [ "user" ] ~doc:"Who wants to be let in.")

(* The first message of a client: its length, the version of the protocol, and parameters, each of which ends with a zero byte. *)
let hello user =
  let parameters = String.concat "\000" [ "user"; user; ""; "" ] in
  let message = Cstruct.create (8 + String.length parameters) in
  Cstruct.BE.set_uint32 message 0 (Int32.of_int (Cstruct.length message));
  Cstruct.BE.set_uint32 message 4 0x30000l;
  Cstruct.blit_from_string parameters 0 message 8 (String.length parameters);
  message

(* What the server says begins with a letter, and of one for passwords a number that says which kind. *)
let meaning answer =
  match (Cstruct.get_char answer 0, if Cstruct.length answer < 9 then 0l else Cstruct.BE.get_uint32 answer 5) with
  | 'R', 0l -> "comes in without a password"
  | 'R', _ -> "needs a password"
  | 'E', _ -> "does not come in"
  | other, _ -> Printf.sprintf "gets the answer %C" other

module Main (Stack : Tcpip.Stack.V4V6) = struct
  module T = Stack.TCP

  let failed pp error = Lwt.fail_with (Format.asprintf "%a" pp error)

  let start stack host port user =
    T.create_connection (Stack.tcp stack) (Ipaddr.of_string_exn host, port) >>= function
    | Error error -> failed T.pp_error error
    | Ok flow -> (
        T.write flow (hello user) >>= function
        | Error error -> failed T.pp_write_error error
        | Ok () -> (
            T.read flow >>= function
            | Error error -> failed T.pp_error error
            | Ok `Eof -> Lwt.fail_with "the server hangs up"
            | Ok (`Data answer) ->
                Printf.printf "%s %s\n" user (meaning answer);
                T.close flow))
end
