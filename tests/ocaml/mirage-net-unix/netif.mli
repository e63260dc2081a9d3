include Mirage_types_lwt.NETWORK

val connect : string -> t Lwt.t
