open Lwt.Infix

let address found =
  match found.Unix.ai_addr with Unix.ADDR_INET (ip, _) -> Some (Ipaddr_unix.of_inet_addr ip) | Unix.ADDR_UNIX _ -> None

let system =
  Resolver_lwt.of_function (fun host ->
      Lwt_unix.getaddrinfo host "" [ Unix.AI_SOCKTYPE Unix.SOCK_STREAM ] >|= List.filter_map address)
