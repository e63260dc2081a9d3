(** A reporter of logs that writes to the standard error, each message after the time of day. *)

type threshold_config = Logs.src -> Logs.level

module Make (Clock : Mirage_clock.PCLOCK) : sig
  type t

  val create : ?ch:out_channel -> ?ring_size:int -> ?console_threshold:threshold_config -> Clock.t -> t
  (** With [ring_size], so many messages that are not reported for their level are kept, and reported before the next
      error. *)

  val set_reporter : t -> unit
end
