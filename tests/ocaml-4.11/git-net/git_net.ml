module TCP = struct
  module Make (TCP : Tcpip.Tcp.S) (Happy_eyeballs : Mimic_happy_eyeballs.S with type flow = TCP.flow) = struct
    let ctx = Mimic.empty
    let connect (ctx : Mimic.ctx) = Lwt.return ctx
  end
end

module SSH = struct
  module Make (TCP : Tcpip.Tcp.S) (Happy_eyeballs : Mimic_happy_eyeballs.S with type flow = TCP.flow) = struct
    let ctx = Mimic.empty
    let connect (ctx : Mimic.ctx) = Lwt.return ctx

    let with_optionnal_key ?authenticator:(_ : string option) ~key:(_ : string option) ~password:(_ : string option)
        (ctx : Mimic.ctx) =
      Lwt.return ctx
  end
end

module HTTP = struct
  module Make (TCP : Tcpip.Tcp.S) (_ : Mimic_happy_eyeballs.S with type flow = TCP.flow) = struct
    let ctx = Mimic.empty
    let connect (ctx : Mimic.ctx) = Lwt.return ctx

    let with_optional_tls_config_and_headers ?headers:(_ : (string * string) list option)
        ?authenticator:(_ : string option) (ctx : Mimic.ctx) =
      Lwt.return ctx
  end
end
