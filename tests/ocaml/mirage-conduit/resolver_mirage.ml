module type DNS = sig
  type stack
  type t

  val create : stack -> t
end

module type S = sig
  module DNS : DNS

  val init : ?ns:Ipaddr.V4.t -> ?ns_port:int -> ?stack:DNS.stack -> unit -> Resolver_lwt.t
end

module Make_with_stack (_ : Mirage_types_lwt.TIME) (S : Mirage_types_lwt.STACKV4) = struct
  include Resolver_lwt

  module R = struct
    module DNS = struct
      type stack = S.t
      type t = stack

      let create stack = stack
    end

    let written service uri =
      let host = Option.value (Uri.host uri) ~default:"" in
      Lwt.return
        (match (Ipaddr.of_string host, Uri.port uri, Uri.scheme uri) with
        | Ok address, port, Some "https" -> `TLS (host, `TCP (address, Option.value port ~default:443))
        | Ok address, port, _ -> `TCP (address, Option.value port ~default:service.Resolver.port)
        | Error (`Msg _), _, _ -> `Unknown host)

    let init ?ns:_ ?ns_port:_ ?stack:_ () = Resolver_lwt.init ~rewrites:[ ("", written) ] ()
  end
end
