module Header = struct
  type t = (string * string) list
end

module Status = struct
  type t = [ `OK | `Not_found | `Code of int ]

  let to_int = function `OK -> 200 | `Not_found -> 404 | `Code code -> code
end

module Request = struct
  type t = { resource : string; headers : Header.t }
end

module Response = struct
  type t = { status : Status.t; headers : Header.t }
end
