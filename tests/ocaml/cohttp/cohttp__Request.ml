type t = { resource : string }
