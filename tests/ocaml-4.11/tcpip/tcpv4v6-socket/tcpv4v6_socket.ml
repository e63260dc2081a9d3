open Lwt.Infix

type failed = [ `Failed of string ]
type error = [ Tcpip.Tcp.error | failed ]
type write_error = [ Tcpip.Tcp.write_error | failed ]
type ipaddr = Ipaddr.t
type flow = Lwt_unix.file_descr
type t = { own : Ipaddr.V4.t; listening : (int, Lwt_unix.file_descr) Hashtbl.t }

let pp_write_error ppf = function
  | `Failed reason -> Fmt.string ppf reason
  | #Tcpip.Tcp.write_error as error -> Tcpip.Tcp.pp_write_error ppf error

let pp_error ppf (error : error) = pp_write_error ppf (error :> write_error)

let connect ~ipv4_only:_ ~ipv6_only:_ ipv4 _ =
  Lwt.return { own = Ipaddr.V4.Prefix.address ipv4; listening = Hashtbl.create 7 }

let disconnect t = Lwt_list.iter_s Lwt_unix.close (List.of_seq (Hashtbl.to_seq_values t.listening))

(* The host has done it all before a segment gets here. *)
let input _ ~src:_ ~dst:_ _ = Lwt.return_unit

let guarded step =
  Lwt.catch step (function
    | Unix.Unix_error (Unix.ECONNREFUSED, _, _) -> Lwt.return_error `Refused
    | Unix.Unix_error (Unix.ETIMEDOUT, _, _) -> Lwt.return_error `Timeout
    | Unix.Unix_error (code, _, _) -> Lwt.return_error (`Failed (Unix.error_message code))
    | other -> Lwt.fail other)

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

let dst flow =
  match Lwt_unix.getpeername flow with
  | Unix.ADDR_INET (ip, port) -> (Ipaddr_unix.of_inet_addr ip, port)
  | Unix.ADDR_UNIX path -> invalid_arg path

let create_connection _ (ip, port) =
  guarded (fun () ->
      let socket = Lwt_unix.(socket PF_INET SOCK_STREAM 0) in
      Lwt_unix.connect socket (Unix.ADDR_INET (Ipaddr_unix.to_inet_addr ip, port)) >|= fun () -> Ok socket)

let listen t ~port serve =
  Lwt.async (fun () ->
      let socket = Lwt_unix.(socket PF_INET SOCK_STREAM 0) in
      Hashtbl.replace t.listening port socket;
      Lwt_unix.setsockopt socket Lwt_unix.SO_REUSEADDR true;
      Lwt_unix.bind socket (Unix.ADDR_INET (Ipaddr_unix.V4.to_inet_addr t.own, port)) >>= fun () ->
      Lwt_unix.listen socket 5;
      let rec next () =
        Lwt_unix.accept socket >>= fun (flow, _) ->
        Lwt.async (fun () -> serve flow);
        next ()
      in
      next ())

let unlisten t ~port = Option.iter (fun socket -> Lwt.async (fun () -> Lwt_unix.close socket)) (Hashtbl.find_opt t.listening port)
