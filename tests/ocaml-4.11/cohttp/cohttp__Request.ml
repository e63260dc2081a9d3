type t = Http.Request.t

let uri (request : t) = Uri.of_string request.resource
