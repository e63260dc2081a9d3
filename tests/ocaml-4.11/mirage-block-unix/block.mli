(** A file of the host, in sectors of 512 bytes. *)

include Mirage_block.S

module Config : sig
  type sync_behaviour = [ `ToOS | `ToDrive ]
end

val connect :
  ?buffered:bool ->
  ?sync:Config.sync_behaviour option ->
  ?lock:bool ->
  ?prefered_sector_size:int option ->
  string ->
  t Lwt.t
(** The file must be there, and writable, or else the device is only read. *)
