open Lwt.Infix

module Main
    (Clock : Mirage_types_lwt.PCLOCK)
    (Pages : Mirage_types_lwt.KV_RO)
    (Certificates : Mirage_types_lwt.KV_RO)
    (Http : Cohttp_lwt.S.Server) =
struct
  module X509 = Tls_mirage.X509 (Certificates) (Clock)

  let page pages path =
    let path = if path = "" || path = "/" then "index.html" else path in
    Pages.size pages path >>= function
    | Error _ -> Http.respond_not_found ()
    | Ok size -> (
        Pages.read pages path 0L size >>= function
        | Error _ -> Http.respond_not_found ()
        | Ok parts ->
            let headers = Cohttp.Header.init_with "content-type" (Magic_mime.lookup path) in
            Http.respond_string ~headers ~status:`OK ~body:(Cstruct.copyv parts) ())

  let start _clock pages certificates listen () =
    X509.certificate certificates `Default >>= fun certificate ->
    let tls = Tls.Config.server ~certificates:(`Single certificate) () in
    let callback _ request _ = page pages (Uri.path (Cohttp.Request.uri request)) in
    listen (`TLS (tls, `TCP 4433)) (Http.make ~callback ())
end
