(** Logs as messages of syslog, in the form of RFC 3164. *)

type framing = [ `LineFeed | `Null | `Custom of string | `Count ]

val reporter : hostname:string -> ?truncate:int -> (string -> unit) -> Logs.reporter
(** Hands over each message. *)
