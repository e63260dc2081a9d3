open Lwt.Infix

type ctx = { resolver : Resolver_lwt.t; conduit : Conduit_mirage.t }

let ctx resolver conduit = { resolver; conduit }

(* What follows the first empty line. *)
let rec body = function
  | ("" | "\r") :: lines -> String.concat "\n" lines
  | _ :: lines -> body lines
  | [] -> ""

let get ?ctx ?headers:_ uri =
  match ctx with
  | None -> Lwt.fail_with "there is no context without a stack"
  | Some { resolver; conduit } ->
      Resolver_lwt.resolve_uri ~uri resolver >>= Conduit_mirage.client >>= Conduit_mirage.connect conduit >>= fun flow ->
      Io.write flow (Printf.sprintf "GET %s HTTP/1.0\r\n\r\n" (Uri.path uri)) >>= fun () ->
      Io.read ~head:false flow >>= fun text ->
      Conduit_mirage.Flow.close flow >|= fun () ->
      let status = match String.split_on_char ' ' text with _ :: code :: _ -> int_of_string code | _ -> 502 in
      let said = body (String.split_on_char '\n' text) in
      ({ Cohttp.Response.status = `Code status; headers = [] }, Cohttp_lwt.Body.of_string said)
