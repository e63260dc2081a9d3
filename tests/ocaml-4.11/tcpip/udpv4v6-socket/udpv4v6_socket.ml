open Lwt.Infix

type ipaddr = Ipaddr.t
type error = [ `Unsent of string ]
type callback = src:ipaddr -> dst:ipaddr -> src_port:int -> Cstruct.t -> unit Lwt.t
type t = { own : Ipaddr.V4.t; sockets : (int, Lwt_unix.file_descr) Hashtbl.t }

let pp_error ppf (`Unsent reason) = Fmt.pf ppf "the message could not be sent: %s" reason

let connect ~ipv4_only:_ ~ipv6_only:_ ipv4 _ =
  Lwt.return { own = Ipaddr.V4.Prefix.address ipv4; sockets = Hashtbl.create 7 }

let disconnect t = Lwt_list.iter_s Lwt_unix.close (List.of_seq (Hashtbl.to_seq_values t.sockets))

(* The host has done it all before a message gets here. *)
let input _ ~src:_ ~dst:_ _ = Lwt.return_unit

let bound t port =
  match Hashtbl.find_opt t.sockets port with
  | Some socket -> Lwt.return socket
  | None ->
      let socket = Lwt_unix.(socket PF_INET SOCK_DGRAM 0) in
      Lwt_unix.bind socket (Unix.ADDR_INET (Ipaddr_unix.V4.to_inet_addr t.own, port)) >|= fun () ->
      Hashtbl.replace t.sockets port socket;
      socket

let write ?src:_ ?(src_port = 0) ~dst ~dst_port t buffer =
  let bytes = Cstruct.to_bytes buffer in
  let send socket =
    Lwt_unix.sendto socket bytes 0 (Bytes.length bytes) [] (Unix.ADDR_INET (Ipaddr_unix.to_inet_addr dst, dst_port))
  in
  Lwt.catch
    (fun () -> bound t src_port >>= send >|= fun _ -> Ok ())
    (function
      | Unix.Unix_error (code, _, _) -> Lwt.return_error (`Unsent (Unix.error_message code)) | other -> Lwt.fail other)

let listen t ~port callback =
  Lwt.async (fun () ->
      bound t port >>= fun socket ->
      let bytes = Bytes.create 65_536 in
      let rec next () =
        Lwt_unix.recvfrom socket bytes 0 (Bytes.length bytes) [] >>= fun (length, sender) ->
        (match sender with
        | Unix.ADDR_UNIX _ -> Lwt.return_unit
        | Unix.ADDR_INET (src, src_port) ->
            callback ~src:(Ipaddr_unix.of_inet_addr src) ~dst:(Ipaddr.V4 t.own) ~src_port
              (Cstruct.of_bytes ~len:length bytes))
        >>= next
      in
      next ())

let unlisten t ~port = Option.iter (fun socket -> Lwt.async (fun () -> Lwt_unix.close socket)) (Hashtbl.find_opt t.sockets port)
