(** The files below a directory of the host. *)

include Mirage_kv.RW

val connect : string -> t Lwt.t
