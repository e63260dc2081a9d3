(** Clients of DNS over a stack. *)

module type DNS = sig
  type stack
  type t

  val create : stack -> t
end

module type S = sig
  module DNS : DNS

  val init : ?ns:Ipaddr.V4.t -> ?ns_port:int -> ?stack:DNS.stack -> unit -> Resolver_lwt.t
  (** Asks [ns] at [ns_port]. This runtime has no DNS: the resolver knows addresses that are written as such, and no
      names. *)
end

module Make_with_stack (T : Mirage_types_lwt.TIME) (S : Mirage_types_lwt.STACKV4) : sig
  include Resolver_lwt.S with type t = Resolver_lwt.t
  module R : S with type DNS.stack = S.t
end
