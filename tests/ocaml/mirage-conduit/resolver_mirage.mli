(** Clients of DNS over a stack. *)

module Make_with_stack (_ : Mirage_types_lwt.TIME) (Stack : Mirage_types_lwt.STACKV4) : sig
  include Resolver_lwt.S with type t = Resolver_lwt.t

  module R : sig
    val init : ?ns:Ipaddr.V4.t -> ?ns_port:int -> ?stack:Stack.t -> unit -> Resolver_lwt.t
    (** Asks [ns] at [ns_port]. This runtime has no DNS: the resolver knows addresses that are written as such, and no
        names. *)
  end
end
