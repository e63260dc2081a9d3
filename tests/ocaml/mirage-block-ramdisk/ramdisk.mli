(** A block device in memory, of zeros to begin with. Devices of one name are one device. *)

include Mirage_block_lwt.S

val connect : name:string -> t io
