(** The files below a directory of the host. *)

include Mirage_kv_lwt.RO

val connect : string -> t Lwt.t
(** Fails where there is no such directory. *)
