(** The files of an archive of tar, in the format ustar, on a block device. *)

module Make_KV_RO (Block : Mirage_types_lwt.BLOCK) : sig
  include Mirage_types_lwt.KV_RO

  val connect : Block.t -> t Lwt.t
  (** Reads all headers. Fails for what is no archive. *)
end
