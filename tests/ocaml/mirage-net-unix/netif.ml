(* As the layers above it (direct_layers.ml): no value of it exists. *)

type +'a io = 'a Lwt.t
type t = |
type buffer = Cstruct.t
type macaddr = Macaddr.t
type error = Mirage_net.error

let pp_error ppf (_ : error) = Format.pp_print_string ppf "an error of an interface that cannot run"
let disconnect (t : t) = match t with _ -> .
let write (t : t) _ = match t with _ -> .
let listen (t : t) _ = match t with _ -> .
let mac (t : t) = match t with _ -> .
let connect interface = Lwt.fail_with ("Netif " ^ interface ^ ": this runtime has only the signature of interfaces")
