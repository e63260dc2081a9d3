open Lwt.Infix
open Cmdliner

let port = Arg.(value & opt int 7 & info [ "port" ] ~doc:"The port that it listens on.")

module Main (Stack : Tcpip.Stack.V4V6) = struct
  let rec echo flow =
    Stack.TCP.read flow >>= function
    | Ok (`Data data) -> ( Stack.TCP.write flow data >>= function Ok () -> echo flow | Error _ -> Lwt.return_unit)
    | Ok `Eof | Error _ -> Stack.TCP.close flow

  let start stack () port =
    let over, tell = Lwt.wait () in
    Stack.TCP.listen (Stack.tcp stack) ~port (fun flow -> echo flow >|= Lwt.wakeup tell);
    over >>= fun () ->
    Logs.app (fun m -> m "the echo is over");
    Lwt.pause ()
end
