open Lwt.Infix
open Cmdliner

let host = Arg.(value & opt string "mirage.io" & info [ "host" ] ~doc:"The name to resolve.")

module Main (Client : Dns_client_mirage.S) = struct
  let start client host =
    match Result.bind (Domain_name.of_string host) Domain_name.host with
    | Error (`Msg why) -> Lwt.fail_with why
    | Ok name -> (
        Client.gethostbyname client name >|= function
        | Ok address -> Format.printf "%s: %a@." host Ipaddr.V4.pp address
        | Error (`Msg why) -> Format.printf "%s: %s@." host why)
end
