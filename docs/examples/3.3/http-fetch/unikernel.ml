open Lwt.Infix

module Client (Resolver : Resolver_lwt.S) (Conduit : Conduit_mirage.S) = struct
  let start resolver conduit =
    let uri = Key_gen.uri () in
    let ctx = Cohttp_mirage.Client.ctx resolver conduit in
    Cohttp_mirage.Client.get ~ctx (Uri.of_string uri) >>= fun (_, body) ->
    Cohttp_lwt.Body.to_string body >|= fun text -> Printf.printf "%s has %d bytes\n" uri (String.length text)
end
