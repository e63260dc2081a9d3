module Make (_ : Mirage_flow_lwt.S) = struct
  type flow = |
  type error = [ `Unavailable ]

  let client_of_flow _ = Lwt.return_error `Unavailable
end

module X509 (KV : Mirage_kv_lwt.RO) (_ : Mirage_clock.PCLOCK) = struct
  open Lwt.Infix

  let failed error = Lwt.fail_with (Fmt.strf "%a" KV.pp_error error)

  let part store name =
    KV.size store name >>= function
    | Error error -> failed error
    | Ok size -> (
        KV.read store name 0L size >>= function
        | Error error -> failed error
        | Ok parts -> Lwt.return (Cstruct.copyv parts))

  let certificate store kind =
    let name = match kind with `Default -> "server" | `Name name -> name in
    part store (name ^ ".pem") >>= fun certificate ->
    part store (name ^ ".key") >|= fun key -> ([ certificate ], { Nocrypto.Rsa.text = key })
end
