let lookup name =
  match Filename.extension name with
  | ".html" -> "text/html"
  | ".css" -> "text/css"
  | _ -> "application/octet-stream"
