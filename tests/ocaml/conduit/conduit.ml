(** Where to connect to. *)

type endp = [ `TCP of Ipaddr.t * int | `Unix_domain_socket of string | `TLS of string * endp | `Unknown of string ]
