val elapsed_ns : unit -> int64
(** Nanoseconds since the start. *)
