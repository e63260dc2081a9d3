module Make (R : Resolver_mirage.S) (S : Conduit_mirage.S) = struct
  module Connection = struct
    module Net = Cohttp_mirage__Net.Make (R) (S)
  end

  type ctx = Connection.Net.ctx
  type 'a io = 'a Lwt.t
  type 'a with_context = ?ctx:ctx -> 'a
  type body = Cohttp_lwt__Body.t

  let ctx ?authenticator resolver conduit = { Connection.Net.resolver; conduit; authenticator }
end
