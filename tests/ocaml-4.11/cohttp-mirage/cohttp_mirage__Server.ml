module Make (S : Conduit_mirage.S) = struct
  module IO = Cohttp_mirage__Io.Make (S)

  type body = Cohttp_lwt__Body.t
  type conn = IO.conn * Cohttp__Connection.t
  type response = Http.Response.t * Cohttp_lwt__Body.t

  type response_action =
    [ `Expert of Http.Response.t * (IO.ic -> IO.oc -> unit IO.t) | `Response of response ]

  type t = { callback : conn -> body -> response_action IO.t }

  let listen conduit (how : Conduit_mirage.server) (_ : t) : unit IO.t =
    S.listen conduit how (fun flow -> S.Flow.close flow)
end
