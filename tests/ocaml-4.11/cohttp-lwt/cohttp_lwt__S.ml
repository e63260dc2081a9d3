module Body = Cohttp_lwt__Body

module type IO = sig
  type 'a t = 'a Lwt.t
  type ic
  type oc
  type conn
end

module type Client = sig
  type ctx
  type 'a io = 'a Lwt.t
  type 'a with_context = ?ctx:ctx -> 'a
  type body = Body.t

  val get : (?headers:Http.Header.t -> Uri.t -> (Http.Response.t * body) io) with_context
end

module type Server = sig
  module IO : IO

  type body = Body.t
  type conn = IO.conn * Cohttp.Connection.t
  type response = Http.Response.t * Body.t

  type response_action =
    [ `Expert of Http.Response.t * (IO.ic -> IO.oc -> unit IO.t) | `Response of response ]

  type t

  val make :
    ?conn_closed:(conn -> unit) -> callback:(conn -> Http.Request.t -> body -> response IO.t) -> unit -> t

  val respond_string :
    ?headers:Http.Header.t -> status:Http.Status.t -> body:string -> unit -> response IO.t

  val respond_not_found : ?uri:Uri.t -> unit -> response IO.t
end
