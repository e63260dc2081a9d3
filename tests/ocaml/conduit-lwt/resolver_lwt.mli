(** Resolvers of names, over the threads of Lwt. *)

module type S = Resolver.S with type svc = Resolver.service and type 'a io = 'a Lwt.t

include S
