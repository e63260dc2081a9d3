val now_d_ps : unit -> int * int64
(** Days since 1970, and picoseconds of the day. *)
