(** Resolvers of names. *)

module type S = sig
  type t

  val resolve : t -> string -> Ipaddr.t list Lwt.t
  (** The addresses of a host; none where it is not known. *)
end

include S

val of_function : (string -> Ipaddr.t list Lwt.t) -> t
