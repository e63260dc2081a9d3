val ns : int64 -> unit Lwt.t
(** Sleep for so many nanoseconds. *)
