open Lwt.Infix

module type S = sig
  type stack
  type ipaddr

  module TCP : sig
    include Mirage_flow.S

    val dst : flow -> ipaddr * int
  end

  type t
  type dst = ipaddr * int

  val init : port:int -> stack -> t Lwt.t

  val http_service :
    error_handler:(dst -> H1.Server_connection.error_handler) ->
    (TCP.flow -> dst -> H1.Server_connection.request_handler) ->
    t Paf.service
end

module Make (Stack : Tcpip.Tcp.S) = struct
  type stack = Stack.t
  type ipaddr = Stack.ipaddr

  module TCP = Stack

  type t = { stack : stack; port : int }
  type dst = ipaddr * int

  let init ~port stack = Lwt.return { stack; port }

  (* One request on each connection, of which the first line counts. *)
  let served ~error_handler handler flow =
    let who = Stack.dst flow in
    Stack.read flow >>= function
    | Ok `Eof | Error _ -> Stack.close flow
    | Ok (`Data data) ->
        let reqd target = { H1.Reqd.asked = { target; headers = [] }; said = None } in
        let text =
          match String.split_on_char ' ' (Cstruct.to_string data) with
          | _ :: target :: _ -> (
              let asked = reqd target in
              handler flow who asked;
              match asked.said with
              | None -> ""
              | Some (response, text) ->
                  let line (name, value) = Printf.sprintf "%s: %s\r\n" name value in
                  let headers = String.concat "" (List.map line response.headers) in
                  Printf.sprintf "HTTP/1.1 %d \r\n%s\r\n%s" (H1.Status.to_code response.status) headers text)
          | _ ->
              let body = Buffer.create 0 in
              error_handler who ?request:None `Bad_request (fun _ -> body);
              "HTTP/1.1 400 \r\n\r\n" ^ Buffer.contents body
        in
        Stack.write flow (Cstruct.of_string text) >>= fun _ -> Stack.close flow

  let http_service ~(error_handler : dst -> H1.Server_connection.error_handler) handler t =
    Stack.listen t.stack ~port:t.port (served ~error_handler handler);
    fst (Lwt.wait ())
end
