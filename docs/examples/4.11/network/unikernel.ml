open Lwt.Infix
open Cmdliner

let port = Arg.(value & opt int 8080 & info [ "port" ] ~doc:"The port that it listens on.")

module Main (Stack : Tcpip.Stack.V4V6) = struct
  module T = Stack.TCP

  let rec hear flow =
    T.read flow >>= function
    | Ok (`Data data) ->
        Printf.printf "%S\n%!" (Cstruct.to_string data);
        hear flow
    | Ok `Eof | Error _ -> T.close flow

  let start stack port =
    T.listen (Stack.tcp stack) ~port (fun flow ->
        print_endline "somebody comes";
        hear flow);
    Stack.listen stack
end
