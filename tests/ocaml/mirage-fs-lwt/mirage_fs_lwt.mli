(** A file system as a key/value store: keys are paths. *)

module To_KV_RO (FS : Mirage_types_lwt.FS) : sig
  include Mirage_types_lwt.KV_RO

  val connect : FS.t -> t Lwt.t
end
