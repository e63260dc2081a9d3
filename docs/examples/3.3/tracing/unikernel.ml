open Lwt.Infix

module Main (Stack : Mirage_types_lwt.STACKV4) = struct
  module T = Stack.TCPV4

  let rec hear flow =
    T.read flow >>= function
    | Ok (`Data data) ->
        Printf.printf "%S\n%!" (Cstruct.to_string data);
        hear flow
    | Ok `Eof | Error _ -> T.close flow

  let start stack =
    Stack.listen_tcpv4 stack ~port:(Key_gen.port ()) (fun flow ->
        print_endline "somebody comes";
        hear flow);
    Stack.listen stack
end
