open Mirage

(* Code of a Cmdliner term in a text, for a device with runtime arguments and packages that depend on keys. *)
type greeter = Greeter

let greeter = typ Greeter

let name =
  runtime_arg ~pos:__POS__ ~packages:[ package "fmt" ]
    {|let open Cmdliner in
      Arg.(value & opt string "you" & info ~doc:"Who is greeted." [ "name" ])|}

let loud = Key.(create "loud" Arg.(flag (info ~doc:"Shout." [ "loud" ])))

let device =
  let connect _ modname = function
    | [ stack; only; name ] -> code ~pos:__POS__ "%s.connect ~only:%s ~name:%s %s" modname only name stack
    | values -> Fmt.failwith "%d values" (List.length values)
  in
  impl ~connect ~keys:[ Key.v loud ]
    ~packages:[ package "greeter" ]
    ~packages_v:(Key.map (fun loud -> if loud then [ package "caps" ] else []) (Key.value loud))
    ~runtime_args:[ Runtime_arg.(v (ipv4_only ~group:"g" ())); name ]
    "Greeter.Make" (stackv4v6 @-> greeter)

let stack = generic_stackv4v6 ~group:"g" ~ipv4_network:(Ipaddr.V4.Prefix.of_string_exn "192.0.2.2/24") default_network
let () = register "terms" [ main "Unikernel.Main" (greeter @-> job) $ (device $ stack) ]
