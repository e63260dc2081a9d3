open Lwt.Infix

module Flow = struct
  type +'a io = 'a Lwt.t
  type buffer = Cstruct.t
  type error = string
  type write_error = [ `Closed | `Failed of string ]

  type flow = {
    read : unit -> ([ `Data of buffer | `Eof ], error) result Lwt.t;
    writev : buffer list -> (unit, write_error) result Lwt.t;
    close : unit -> unit Lwt.t;
  }

  let pp_error = Format.pp_print_string

  let pp_write_error ppf = function
    | `Closed -> Format.pp_print_string ppf "the connection is closed"
    | `Failed reason -> Format.pp_print_string ppf reason

  let read flow = flow.read ()
  let writev flow = flow.writev
  let write flow buffer = flow.writev [ buffer ]
  let close flow = flow.close ()
end

type callback = Flow.flow -> unit Lwt.t
type client = [ `TCP of Ipaddr.t * int | `TLS of string * client ]
type server = [ `TCP of int | `TLS of Tls.Config.server * server ]

type tcp = { connect : Ipaddr.t * int -> Flow.flow Lwt.t; listen : int -> callback -> unit Lwt.t; tls : bool }
type conduit = tcp option

module type S = sig
  type t = conduit

  val empty : t

  module With_tcp (S : Mirage_types_lwt.STACKV4) : sig
    val connect : S.t -> t -> t Lwt.t
  end

  val with_tls : t -> t Lwt.t
  val connect : t -> client -> Flow.flow Lwt.t
  val listen : t -> server -> callback -> unit Lwt.t
end

type t = conduit

let empty = None

module With_tcp (S : Mirage_types_lwt.STACKV4) = struct
  module T = S.TCPV4

  let failed pp error = Format.asprintf "%a" pp error
  let told tell = function Ok value -> Ok value | Error error -> Error (tell error)

  let flow tcp =
    let read () = T.read tcp >|= told (failed T.pp_error) in
    let writev buffers =
      T.writev tcp buffers >|= told (fun error -> `Failed (failed T.pp_write_error error))
    in
    { Flow.read; writev; close = (fun () -> T.close tcp) }

  let connect stack (_ : t) =
    let connect (address, port) =
      match address with
      | Ipaddr.V6 _ -> Lwt.fail_with "this stack has IPv4 alone"
      | Ipaddr.V4 address -> (
          T.create_connection (S.tcpv4 stack) (address, port) >>= function
          | Ok tcp -> Lwt.return (flow tcp)
          | Error error -> Lwt.fail_with (failed T.pp_error error))
    in
    let listen port callback =
      S.listen_tcpv4 stack ~port (fun tcp -> callback (flow tcp));
      S.listen stack
    in
    Lwt.return (Some { connect; listen; tls = false })
end

let over = function Some tcp -> Lwt.return tcp | None -> Lwt.fail_with "this conduit has no TCP"
let with_tls conduit = over conduit >|= fun tcp -> Some { tcp with tls = true }

let rec client : Conduit.endp -> client Lwt.t = function
  | `TCP where -> Lwt.return (`TCP where)
  | `TLS (host, where) -> client where >|= fun below -> `TLS (host, below)
  | `Unknown host | `Unix_domain_socket host -> Lwt.fail_with (host ^ " is not an address")

let encrypted tcp = if tcp.tls then Lwt.return_unit else Lwt.fail_with "this conduit has no TLS"

let rec connect conduit client =
  over conduit >>= fun tcp ->
  match client with
  | `TCP where -> tcp.connect where
  | `TLS (_, below) -> encrypted tcp >>= fun () -> connect conduit below

let rec listen conduit server callback =
  over conduit >>= fun tcp ->
  match server with
  | `TCP port -> tcp.listen port callback
  | `TLS (_, below) -> encrypted tcp >>= fun () -> listen conduit below callback
