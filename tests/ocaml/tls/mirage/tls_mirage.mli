(** TLS over flows. This runtime has only its signature: no flow of TLS is ever made. *)

module Make (F : Mirage_flow_lwt.S) : sig
  type flow
  type error = [ `Unavailable ]

  val client_of_flow : F.flow -> (flow, error) result Lwt.t
end

(** The certificates in a store. This runtime looks for their files, and does not read what these say. *)
module X509 (KV : Mirage_kv_lwt.RO) (_ : Mirage_clock.PCLOCK) : sig
  val certificate : KV.t -> [< `Default | `Name of string ] -> Tls.Config.certchain Lwt.t
end
