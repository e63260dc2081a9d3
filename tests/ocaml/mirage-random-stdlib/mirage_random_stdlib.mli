(** Random numbers of OCaml's own generator. *)

include Mirage_random.C

val initialize : unit -> unit Lwt.t
