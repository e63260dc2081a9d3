(** Nanoseconds since the program started. *)

include Mirage_clock_lwt.MCLOCK

val connect : unit -> t io
