(** Traces, with the control that they have where Lwt is compiled for tracing. This runtime starts none. *)

type log_buffer = (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t
type timestamper = log_buffer -> int -> unit

module Control : sig
  type t

  val make : log_buffer -> timestamper -> t
  val start : t -> unit
end
