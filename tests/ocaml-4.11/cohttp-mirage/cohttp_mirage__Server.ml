open Lwt.Infix

module type S = sig
  include Cohttp_lwt.S.Server

  val callback : t -> IO.conn -> unit Lwt.t
end

module Make (S : Conduit_mirage.S) = struct
  module IO = Cohttp_mirage__Io.Make (S.Flow)

  type body = Cohttp_lwt__Body.t
  type conn = IO.conn * Cohttp__Connection.t
  type response = Http.Response.t * Cohttp_lwt__Body.t

  type response_action =
    [ `Expert of Http.Response.t * (IO.ic -> IO.oc -> unit IO.t) | `Response of response ]

  type t = { callback : conn -> Http.Request.t -> body -> response IO.t }

  let make ?conn_closed:_ ~callback () = { callback }

  let respond_string ?(headers = []) ~status ~body () =
    Lwt.return ({ Http.Response.status; headers }, Cohttp_lwt__Body.of_string body)

  let respond_not_found ?uri:_ () = respond_string ~status:`Not_found ~body:"" ()

  let callback t flow =
    IO.read ~head:true flow >>= fun text ->
    let resource = match String.split_on_char ' ' text with _ :: path :: _ -> path | _ -> "/" in
    t.callback (flow, 0) { Http.Request.resource; headers = [] } "" >>= fun (response, body) ->
    Cohttp_lwt__Body.to_string body >>= fun body ->
    let headers = ("content-length", string_of_int (String.length body)) :: response.headers in
    let lines = List.map (fun (name, value) -> Printf.sprintf "%s: %s\r\n" name value) headers in
    let status = Http.Status.to_int response.status in
    IO.write flow (Printf.sprintf "HTTP/1.0 %d \r\n%s\r\n%s" status (String.concat "" lines) body) >>= fun () ->
    S.Flow.close flow

  let listen conduit (how : Conduit_mirage.server) (t : t) : unit IO.t = S.listen conduit how (callback t)
end
