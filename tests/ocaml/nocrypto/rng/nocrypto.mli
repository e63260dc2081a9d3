(** Random numbers that are as good as the host's. *)

module Rng : sig
  include Mirage_random.C with type g = in_channel

  exception Unseeded

  val set_source : g -> unit
  (** Where bytes come from. Before that, {!generate} raises {!Unseeded}. *)
end

module Rsa : sig
  type priv = { text : string }
  (** A private key, which nothing here reads. *)
end
