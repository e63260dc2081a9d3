open Lwt.Infix

module Main
    (One : Resolver_lwt.S)
    (Two : Resolver_lwt.S)
    (Host : Resolver_lwt.S)
    (Conduit : sig
      type t = Conduit_mirage.t

      val listen : t -> Conduit_mirage.server -> Conduit_mirage.callback -> unit Lwt.t
    end)
    (Http : Cohttp_mirage.SERVER) =
struct
  let start one two host conduit serve =
    One.resolve one "192.0.2.1" >>= fun _ ->
    Two.resolve two "192.0.2.2" >>= fun _ ->
    Host.resolve host "localhost" >>= fun _ ->
    Lwt.join
      [
        Conduit.listen conduit (`TCP 4433) (fun write -> write (Cstruct.of_string "hello"));
        serve (`TCP 8080) (Http.make ~page:"hello");
      ]
end
