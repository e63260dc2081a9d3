val argv : unit -> string array
