(** Logs as messages of syslog, in the form of RFC 3164. *)

val reporter : hostname:string -> ?truncate:int -> (string -> unit) -> Logs.reporter
(** Hands over each message. *)
