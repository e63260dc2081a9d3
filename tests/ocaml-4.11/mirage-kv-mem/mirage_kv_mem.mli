(** A store in memory. *)

include Mirage_kv.RW

val connect : ?now:(unit -> Ptime.t) -> unit -> t Lwt.t
