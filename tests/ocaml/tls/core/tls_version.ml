(* The versions of TLS, and their numbers on the wire. *)

type t = TLS_1_0 | TLS_1_1 | TLS_1_2

let number = function TLS_1_0 -> (3, 1) | TLS_1_1 -> (3, 2) | TLS_1_2 -> (3, 3)
