module type S = sig
  type t
  type flow

  val connect : t -> Mimic.ctx Lwt.t
end

module Make
    (Stack : Tcpip.Stack.V4V6)
    (Happy_eyeballs : Happy_eyeballs_mirage.S with type stack = Stack.t and type flow = Stack.TCP.flow)
    (_ : Dns_client_mirage.S with type happy_eyeballs = Happy_eyeballs.t) =
struct
  type t = Happy_eyeballs.t
  type flow = Stack.TCP.flow

  let connect _ = Lwt.return Mimic.empty
end
