(** The time of day: days and picoseconds since 1970. *)

include Mirage_clock_lwt.PCLOCK

val connect : unit -> t io
