(** Nanoseconds since the program started. *)

include Mirage_types_lwt.MCLOCK

val connect : unit -> t Lwt.t
