(** A file system as a key/value store: keys are paths. *)

module type S = Mirage_fs.S with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t

module To_KV_RO (FS : S) : sig
  include Mirage_kv_lwt.RO

  val connect : FS.t -> t io
end
