(** TLS over flows. This runtime has only its signature: no flow of TLS is ever made. *)

module Make (Flow : Mirage_types_lwt.FLOW) : sig
  type flow
  type error = [ `Unavailable ]

  val client_of_flow : version:Tls_version.t -> Flow.flow -> (flow, error) result Lwt.t
end
