open Cmdliner

let port = Arg.(value & opt int 8080 & info [ "port" ] ~doc:"The port that it listens on.")

let response status text =
  let headers = H1.Headers.of_list [ ("content-length", string_of_int (String.length text)) ] in
  H1.Response.create ~headers status

module Main (Http : Paf_mirage.S) = struct
  let answer _flow _who asked =
    let text = Printf.sprintf "You asked for %s.\n" (H1.Reqd.request asked).H1.Request.target in
    H1.Reqd.respond_with_string asked (response `OK text) text

  let failed _who ?request:_ _error respond = H1.Body.Writer.close (respond H1.Headers.empty)

  let start server =
    let (`Initialized over) = Paf.serve (Http.http_service ~error_handler:failed answer) server in
    over
end
