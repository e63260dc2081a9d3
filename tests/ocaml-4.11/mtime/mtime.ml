type t = int64
