(** The files of an archive of tar, in the format ustar, on a block device. *)

module Make_KV_RO (BLOCK : Mirage_block_lwt.S) : sig
  include Mirage_kv_lwt.RO

  val connect : BLOCK.t -> t Lwt.t
  (** Reads all headers. Fails for what is not an archive. *)
end
