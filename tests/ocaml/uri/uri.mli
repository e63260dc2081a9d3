(** Uniform resource identifiers, as much of them as names a host. *)

type t

val of_string : string -> t
val host : t -> string option
