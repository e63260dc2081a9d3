(** A block device in memory, of zeros to begin with. Devices of one name are one device. *)

include Mirage_types_lwt.BLOCK

val connect : name:string -> t Lwt.t
