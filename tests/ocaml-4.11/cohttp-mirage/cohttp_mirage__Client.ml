open Lwt.Infix

module Make (R : Resolver_mirage.S) (S : Conduit_mirage.S) = struct
  module Connection = struct
    module Net = Cohttp_mirage__Net.Make (R) (S)
  end

  module IO = Cohttp_mirage__Io.Make (S.Flow)

  type ctx = Connection.Net.ctx
  type 'a io = 'a Lwt.t
  type 'a with_context = ?ctx:ctx -> 'a
  type body = Cohttp_lwt__Body.t

  let ctx ?authenticator resolver conduit = { Connection.Net.resolver; conduit; authenticator }

  (* What follows the first empty line. *)
  let rec body = function
    | ("" | "\r") :: lines -> String.concat "\n" lines
    | _ :: lines -> body lines
    | [] -> ""

  let get ?ctx ?headers:_ uri =
    match ctx with
    | None -> Lwt.fail_with "there is no context without a stack"
    | Some { Connection.Net.resolver; conduit; _ } ->
        R.resolve_uri ~uri resolver >>= Conduit_mirage.endp >>= S.connect conduit >>= fun flow ->
        IO.write flow (Printf.sprintf "GET %s HTTP/1.0\r\n\r\n" (Uri.path uri)) >>= fun () ->
        IO.read ~head:false flow >>= fun text ->
        S.Flow.close flow >|= fun () ->
        let status =
          match String.split_on_char ' ' text with _ :: code :: _ -> int_of_string code | _ -> 502
        in
        let said = body (String.split_on_char '\n' text) in
        ({ Http.Response.status = `Code status; headers = [] }, Cohttp_lwt__Body.of_string said)
end
