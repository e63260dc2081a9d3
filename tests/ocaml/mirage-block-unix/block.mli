(** A file of the host, in sectors of 512 bytes. *)

include Mirage_types_lwt.BLOCK

val connect : string -> t Lwt.t
(** The file must be there, and writable, or else the device is only read. *)
