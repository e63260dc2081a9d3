module Make (R : Resolver_mirage.S) (S : Conduit_mirage.S) = struct
  type ctx = { resolver : R.t; conduit : S.t; authenticator : X509.Authenticator.t option }
end
