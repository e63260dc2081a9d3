open Lwt.Infix

type client = [ `TCP of Ipaddr.t * int | `TLS of string * client ]
type server = [ `TCP of int | `TLS of Tls.Config.server * server ]

let rec endp : Conduit.endp -> client Lwt.t = function
  | `TCP where -> Lwt.return (`TCP where)
  | `TLS (host, where) -> endp where >|= fun client -> `TLS (host, client)
  | `Unknown host -> Lwt.fail_with (host ^ " is not an address")

module type S = sig
  type t

  module Flow : Mirage_flow.S

  val connect : t -> client -> Flow.flow Lwt.t
  val listen : t -> server -> (Flow.flow -> unit Lwt.t) -> unit Lwt.t
end

module TCP (S : Tcpip.Stack.V4V6) = struct
  type flow = S.TCP.flow
  type t = S.t

  module Flow = S.TCP

  let connect stack : client -> flow Lwt.t = function
    | `TLS _ -> Lwt.fail_with "there is no TLS"
    | `TCP where -> (
        S.TCP.create_connection (S.tcp stack) where >>= function
        | Ok flow -> Lwt.return flow
        | Error error -> Lwt.fail_with (Fmt.str "%a" S.TCP.pp_error error))

  let listen stack (how : server) serve =
    match how with
    | `TLS _ -> Lwt.fail_with "there is no TLS"
    | `TCP port ->
        S.TCP.listen (S.tcp stack) ~port serve;
        S.listen stack
end

(* The flows are those below: nothing is encrypted. *)
module TLS (S : S) = struct
  module Plain = struct
    type t = S.t

    module Flow = S.Flow

    type flow = Flow.flow

    let connect t (client : client) = S.connect t (match client with `TLS (_, below) -> below | `TCP _ -> client)
    let listen t (server : server) = S.listen t (match server with `TLS (_, below) -> below | `TCP _ -> server)
  end

  include (
    Plain :
      sig
        type t = S.t

        module Flow : Mirage_flow.S

        type flow = Flow.flow

        val connect : t -> client -> flow Lwt.t
        val listen : t -> server -> (flow -> unit Lwt.t) -> unit Lwt.t
      end)
end
