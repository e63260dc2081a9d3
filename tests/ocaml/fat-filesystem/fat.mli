(** The file system FAT. This runtime has only its signature: connecting fails. *)

module FS (B : Mirage_block_lwt.S) : sig
  include Mirage_fs_lwt.S

  val connect : B.t -> t Lwt.t
end
