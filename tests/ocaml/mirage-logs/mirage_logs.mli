(** A reporter of logs that writes to the standard error, each message after the time of day. *)

module Make (Clock : Mirage_types_lwt.PCLOCK) : sig
  val create : ?ring_size:int -> Clock.t -> Logs.reporter
  (** With [ring_size], so many messages that are not reported for their level are kept, and reported before the next
      error. *)

  val set_reporter : Logs.reporter -> unit
end
