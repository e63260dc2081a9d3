(** Certificates, which nothing here reads. *)

type t = string
