open Lwt.Infix

module X509 (KV : Mirage_kv.RO) = struct
  let part store name =
    KV.get store (Mirage_kv.Key.v name) >>= function
    | Ok text -> Lwt.return text
    | Error error -> Lwt.fail_with (Fmt.str "%s: %a" name KV.pp_error error)

  let certificate store kind =
    let name = match kind with `Default -> "server" | `Name name -> name in
    part store (name ^ ".pem") >>= fun certificate ->
    part store (name ^ ".key") >|= fun key -> { Tls.Config.certificate; key }
end
