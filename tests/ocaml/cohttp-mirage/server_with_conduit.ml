open Lwt.Infix

module IO = struct
  type ic = Conduit_mirage.Flow.flow
  type oc = Conduit_mirage.Flow.flow
  type conn = Conduit_mirage.Flow.flow
end

type conn = IO.conn * Cohttp.Connection.t
type t = conn -> Cohttp.Request.t -> Cohttp_lwt.Body.t -> (Cohttp.Response.t * Cohttp_lwt.Body.t) Lwt.t

let make ?conn_closed:_ ~callback () : t = callback

let respond_string ?flush:_ ?(headers = []) ~status ~body () =
  Lwt.return ({ Cohttp.Response.status; headers }, Cohttp_lwt.Body.of_string body)

let respond_not_found ?uri:_ () = respond_string ~status:`Not_found ~body:"" ()

let answer callback flow =
  Io.read ~head:true flow >>= fun asked ->
  let resource = match String.split_on_char ' ' asked with _ :: path :: _ -> path | _ -> "/" in
  callback (flow, 0) { Cohttp.Request.resource } "" >>= fun (response, body) ->
  let status = Cohttp.Code.code_of_status response.Cohttp.Response.status in
  Cohttp_lwt.Body.to_string body >>= fun body ->
  let headers = ("content-length", string_of_int (String.length body)) :: response.headers in
  let lines = List.map (fun (name, value) -> Printf.sprintf "%s: %s\r\n" name value) headers in
  Io.write flow (Printf.sprintf "HTTP/1.0 %d \r\n%s\r\n%s" status (String.concat "" lines) body) >>= fun () ->
  Conduit_mirage.Flow.close flow

let connect conduit = Lwt.return (fun server callback -> Conduit_mirage.listen conduit server (answer callback))
