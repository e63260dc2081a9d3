module Body = Cohttp_lwt__Body
