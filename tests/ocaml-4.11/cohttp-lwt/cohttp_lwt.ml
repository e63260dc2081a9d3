module Body = Cohttp_lwt__Body
module S = Cohttp_lwt__S
