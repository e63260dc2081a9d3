(** The console of a process: its standard input and output. *)

include Mirage_types_lwt.CONSOLE

val connect : string -> t Lwt.t
