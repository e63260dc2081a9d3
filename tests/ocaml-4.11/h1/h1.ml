module Headers = struct
  type t = (string * string) list

  let empty = []
  let of_list list = list
end

module Request = struct
  type t = { target : string; headers : Headers.t }
end

module Status = struct
  type t = [ `OK | `Not_found | `Code of int ]

  let to_code = function `OK -> 200 | `Not_found -> 404 | `Code code -> code
end

module Response = struct
  type t = { status : Status.t; headers : Headers.t }

  let create ?(headers = Headers.empty) status = { status; headers }
end

module Reqd = struct
  type t = { asked : Request.t; mutable said : (Response.t * string) option }

  let request t = t.asked
  let respond_with_string t response text = t.said <- Some (response, text)
end

module Body = struct
  module Writer = struct
    type t = Buffer.t

    let write_string body ?off:_ ?len:_ text = Buffer.add_string body text
    let close (_ : t) = ()
  end
end

module Server_connection = struct
  type error = [ `Bad_request | `Exn of exn ]
  type request_handler = Reqd.t -> unit
  type error_handler = ?request:Request.t -> error -> (Headers.t -> Body.Writer.t) -> unit
end
