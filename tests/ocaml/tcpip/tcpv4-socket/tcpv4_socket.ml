open Lwt.Infix

type +'a io = 'a Lwt.t
type buffer = Cstruct.t
type ipaddr = Ipaddr.V4.t
type ipinput = unit Lwt.t
type flow = Lwt_unix.file_descr
type failed = [ `Failed of string ]
type error = [ Mirage_protocols.Tcp.error | failed ]
type write_error = [ Mirage_protocols.Tcp.write_error | failed ]
type t = Ipaddr.V4.t option
type listener = { process : flow -> unit io; keepalive : Mirage_protocols.Keepalive.t option }

let pp_write_error ppf (error : write_error) =
  Format.pp_print_string ppf
    (match error with
    | `Timeout -> "no answer in time"
    | `Refused -> "the connection was refused"
    | `Closed -> "the connection is closed"
    | `Failed reason -> reason)

let pp_error ppf (error : error) = pp_write_error ppf (error :> write_error)
let connect = Lwt.return
let disconnect _ = Lwt.return_unit

(* The host has done it all before a segment gets here. *)
let input _ ~listeners:_ = Lwt.return_unit

let guarded step =
  let failed = function
    | Unix.Unix_error (Unix.ECONNREFUSED, _, _) -> Lwt.return_error `Refused
    | Unix.Unix_error (Unix.ETIMEDOUT, _, _) -> Lwt.return_error `Timeout
    | Unix.Unix_error (code, _, _) -> Lwt.return_error (`Failed (Unix.error_message code))
    | other -> Lwt.fail other
  in
  Lwt.catch step failed

let read flow =
  let bytes = Bytes.create 4096 in
  guarded (fun () ->
      Lwt_unix.read flow bytes 0 (Bytes.length bytes) >|= function
      | 0 -> Ok `Eof
      | length -> Ok (`Data (Cstruct.of_bytes ~len:length bytes)))

let write flow buffer =
  let bytes = Cstruct.to_bytes buffer in
  let rec from at =
    if at = Bytes.length bytes then Lwt.return_ok ()
    else Lwt_unix.write flow bytes at (Bytes.length bytes - at) >>= fun length -> from (at + length)
  in
  guarded (fun () -> from 0)

let writev flow buffers = write flow (Cstruct.concat buffers)
let close flow = Lwt.catch (fun () -> Lwt_unix.close flow) (fun _ -> Lwt.return_unit)

let address = function
  | Unix.ADDR_INET (ip, port) -> (Ipaddr_unix.V4.of_inet_addr_exn ip, port)
  | Unix.ADDR_UNIX path -> invalid_arg path

let dst flow = address (Lwt_unix.getpeername flow)
let inet ip port = Unix.ADDR_INET (Ipaddr_unix.V4.to_inet_addr ip, port)

let create_connection ?keepalive:_ own (ip, port) =
  guarded (fun () ->
      let socket = Lwt_unix.(socket PF_INET SOCK_STREAM 0) in
      (match own with Some own -> Lwt_unix.bind socket (inet own 0) | None -> Lwt.return_unit) >>= fun () ->
      Lwt_unix.connect socket (inet ip port) >|= fun () -> Ok socket)

let listen _ ip ~port serve =
  let socket = Lwt_unix.(socket PF_INET SOCK_STREAM 0) in
  Lwt_unix.setsockopt socket Lwt_unix.SO_REUSEADDR true;
  Lwt_unix.bind socket (inet ip port) >>= fun () ->
  Lwt_unix.listen socket 5;
  let rec next () =
    Lwt_unix.accept socket >>= fun (flow, _) ->
    Lwt.async (fun () -> serve flow);
    next ()
  in
  next ()
