(** Memory in whole pages, as devices want it. *)

type t

val page_size : int

val get : int -> t
(** So many pages, of zeros. *)

val to_cstruct : t -> Cstruct.t
