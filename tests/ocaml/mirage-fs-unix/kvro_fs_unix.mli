(** The files below a directory of the host. *)

include Mirage_types_lwt.KV_RO

val connect : string -> t Lwt.t
(** Fails where there is no such directory. *)
