module Authenticator = struct
  type t = host:string -> unit
end
