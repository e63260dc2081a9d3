type certchain = { certificate : string; key : string }
type own_cert = [ `None | `Single of certchain ]
type server = own_cert

let server ?(certificates = `None) () : (server, [> `Msg of string ]) result = Ok certificates
