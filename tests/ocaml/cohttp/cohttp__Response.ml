type t = { status : Cohttp__Code.status_code; headers : Cohttp__Header.t }
