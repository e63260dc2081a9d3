open Lwt.Infix

module Main (Pages : Mirage_kv.RO) (Certificates : Mirage_kv.RO) (Http : Cohttp_mirage.Server.S) = struct
  module X509 = Tls_mirage.X509 (Certificates)

  let page pages path =
    let path = if path = "" || path = "/" then "index.html" else path in
    Pages.get pages (Mirage_kv.Key.v path) >>= function
    | Ok body ->
        let headers = Cohttp.Header.init_with "content-type" (Magic_mime.lookup path) in
        Http.respond_string ~headers ~status:`OK ~body ()
    | Error _ -> Http.respond_not_found ()

  let start pages certificates listen =
    X509.certificate certificates `Default >>= fun certificate ->
    match Tls.Config.server ~certificates:(`Single certificate) () with
    | Error (`Msg why) -> Lwt.fail_with why
    | Ok tls ->
        let callback _ request _ = page pages (Uri.path (Cohttp.Request.uri request)) in
        listen (`TLS (tls, `TCP 4433)) (Http.make ~callback ())
end
