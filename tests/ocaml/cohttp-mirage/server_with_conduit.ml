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
  Lwt.return ({ Cohttp.Response.status; headers }, body)

let answer callback flow =
  callback (flow, 0) { Cohttp.Request.resource = "/" } "" >>= fun (response, body) ->
  let status = Cohttp.Code.code_of_status response.Cohttp.Response.status in
  let text = Printf.sprintf "HTTP/1.0 %d\r\nContent-Length: %d\r\n\r\n%s" status (String.length body) body in
  Conduit_mirage.Flow.write flow (Cstruct.of_string text) >>= fun _ -> Conduit_mirage.Flow.close flow

let connect conduit = Lwt.return (fun server callback -> Conduit_mirage.listen conduit server (answer callback))
