open Lwt.Infix

let address port found =
  match found.Unix.ai_addr with
  | Unix.ADDR_INET (ip, _) -> Some (`TCP (Ipaddr_unix.of_inet_addr ip, port))
  | Unix.ADDR_UNIX _ -> None

let host service uri =
  let name = Option.value (Uri.host uri) ~default:"" in
  Lwt_unix.getaddrinfo name "" [ Unix.AI_SOCKTYPE Unix.SOCK_STREAM ] >|= fun found ->
  match List.filter_map (address service.Resolver.port) found with [] -> `Unknown name | first :: _ -> first

let system = Resolver_lwt.init ~rewrites:[ ("", host) ] ()
