open Lwt.Infix

type server = [ `TCP of int ]
type callback = (Cstruct.t -> unit Lwt.t) -> unit Lwt.t
type conduit = { tcp : (int -> callback -> unit Lwt.t) option; tls : bool }
type t = conduit

let empty = { tcp = None; tls = false }

module With_tcp (Stack : Mirage_types_lwt.STACKV4) = struct
  let connect stack conduit =
    let serve callback flow =
      let write buffer =
        Stack.TCPV4.write flow buffer >>= function
        | Ok () -> Lwt.return_unit
        | Error error -> Lwt.fail_with (Format.asprintf "%a" Stack.TCPV4.pp_write_error error)
      in
      callback write >>= fun () -> Stack.TCPV4.close flow
    in
    let listen port callback =
      Stack.listen_tcpv4 stack ~port (serve callback);
      Stack.listen stack
    in
    Lwt.return { conduit with tcp = Some listen }
end

let with_tls conduit =
  if conduit.tcp = None then Lwt.fail_with "TLS needs TCP first" else Lwt.return { conduit with tls = true }

let listen conduit (`TCP port) callback =
  match conduit.tcp with Some listen -> listen port callback | None -> Lwt.fail_with "this conduit has no TCP"
