(** TLS over flows. This runtime has only its signature: no flow of TLS is ever made. *)

module Make (F : Mirage_flow_lwt.S) : sig
  type flow
  type error = [ `Unavailable ]

  val client_of_flow : F.flow -> (flow, error) result Lwt.t
end
