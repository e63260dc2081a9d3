type status_code = [ `OK | `Not_found | `Code of int ]

let code_of_status = function `OK -> 200 | `Not_found -> 404 | `Code code -> code
