(** The file system FAT. This runtime has only its signature: connecting fails. *)

module FS (Block : Mirage_types_lwt.BLOCK) : sig
  include Mirage_types_lwt.FS

  val connect : Block.t -> t Lwt.t
end
