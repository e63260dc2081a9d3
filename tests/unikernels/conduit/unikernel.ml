open Lwt.Infix

module Main
    (One : Resolver_lwt.S)
    (Two : Resolver_lwt.S)
    (Host : Resolver_lwt.S)
    (Conduit : Conduit_mirage.S)
    (Http : Cohttp_lwt.S.Server) =
struct
  let hello flow =
    Conduit_mirage.Flow.write flow (Cstruct.of_string "hello") >>= fun _ -> Conduit_mirage.Flow.close flow

  let answer _connection _request _body = Http.respond_string ~status:`OK ~body:"hello" ()

  let start one two host conduit serve =
    One.resolve_uri ~uri:(Uri.of_string "http://192.0.2.1/") one >>= fun _ ->
    Two.resolve_uri ~uri:(Uri.of_string "http://192.0.2.2/") two >>= fun _ ->
    Host.resolve_uri ~uri:(Uri.of_string "http://localhost/") host >>= fun _ ->
    Lwt.join [ Conduit.listen conduit (`TCP 4433) hello; serve (`TCP 8080) (Http.make ~callback:answer ()) ]
end
