(** The console of a process: its standard input and output. *)

include Mirage_console_lwt.S

val connect : string -> t Lwt.t
