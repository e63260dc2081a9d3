module type SERVER = sig
  type t

  val make : page:string -> t
end

module Server_with_conduit = struct
  type t = string

  let make ~page = page

  let connect conduit =
    let serve server page =
      let answer = Printf.sprintf "HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%s" (String.length page) page in
      Conduit_mirage.listen conduit server (fun write -> write (Cstruct.of_string answer))
    in
    Lwt.return serve
end
