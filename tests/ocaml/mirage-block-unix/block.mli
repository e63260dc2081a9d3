(** A file of the host, in sectors of 512 bytes. *)

include Mirage_block_lwt.S

module Config : sig
  type sync_behaviour = [ `ToOS | `ToDrive ]
end

val connect : ?buffered:bool -> ?sync:Config.sync_behaviour option -> ?lock:bool -> string -> t io
(** The file must be there, and writable, or else the device is only read. *)
