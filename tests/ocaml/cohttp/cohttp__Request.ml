type t = { resource : string }

let uri request = Uri.of_string request.resource
