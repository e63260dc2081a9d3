open Lwt.Infix
open Cmdliner

let uri = Arg.(value & opt string "https://mirage.io" & info [ "uri" ] ~doc:"What to fetch.")

module Main (Client : Cohttp_lwt.S.Client) = struct
  let start ctx uri =
    Client.get ~ctx (Uri.of_string uri) >>= fun (_, body) ->
    Cohttp_lwt.Body.to_string body >|= fun text -> Printf.printf "%s has %d bytes\n" uri (String.length text)
end
