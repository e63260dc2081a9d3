(** Uniform resource identifiers, as much of them as clients and servers ask for. *)

type t

val of_string : string -> t
val scheme : t -> string option
val host : t -> string option
val port : t -> int option
val path : t -> string
