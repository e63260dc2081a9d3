(** Random numbers of OCaml's own generator. *)

include Mirage_types_lwt.RANDOM

val initialize : unit -> unit Lwt.t
