module Config = struct
  type certchain = X509.t list * Nocrypto.Rsa.priv
  type own_cert = [ `None | `Single of certchain ]
  type server = own_cert

  let server ?(certificates = `None) () : server = certificates
end
