(** Memory as a disk, one for each name. *)

include Mirage_block.S

val connect : name:string -> t Lwt.t
