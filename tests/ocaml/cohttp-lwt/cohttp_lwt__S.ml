module type IO = sig
  type ic
  type oc
  type conn
end

module type Client = sig
  type ctx

  val get :
    ?ctx:ctx -> ?headers:Cohttp.Header.t -> Uri.t -> (Cohttp.Response.t * Cohttp_lwt__Body.t) Lwt.t
end

module type Server = sig
  module IO : IO

  type conn = IO.conn * Cohttp.Connection.t
  type t

  val make :
    ?conn_closed:(conn -> unit) ->
    callback:(conn -> Cohttp.Request.t -> Cohttp_lwt__Body.t -> (Cohttp.Response.t * Cohttp_lwt__Body.t) Lwt.t) ->
    unit ->
    t

  val respond_string :
    ?flush:bool ->
    ?headers:Cohttp.Header.t ->
    status:Cohttp.Code.status_code ->
    body:string ->
    unit ->
    (Cohttp.Response.t * Cohttp_lwt__Body.t) Lwt.t

  val respond_not_found : ?uri:Uri.t -> unit -> (Cohttp.Response.t * Cohttp_lwt__Body.t) Lwt.t
end
