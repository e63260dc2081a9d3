(** Logs sent by TLS, which this runtime has not: [create] says so. *)

open Mirage_types_lwt

module Tls (C : CONSOLE) (Clock : PCLOCK) (Stack : STACKV4) (Kv : KV_RO) : sig
  val create :
    C.t ->
    Clock.t ->
    Stack.t ->
    Kv.t ->
    ?keyname:string ->
    hostname:string ->
    ?port:int ->
    Ipaddr.V4.t ->
    ?truncate:int ->
    unit ->
    (Logs.reporter, string) result Lwt.t
end
