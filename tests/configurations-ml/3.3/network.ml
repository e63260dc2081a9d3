open Mirage

let port =
  let doc =
    Key.Arg.info
      ~doc:"The TCP port to \
            listen on."
      [ "port" ]
  in
  Key.(create "port" Arg.(opt int 8080 doc))

let main = foreign ~keys:[ Key.abstract port ] "Unikernel.Main" (stackv4 @-> job)
let stack = generic_stackv4 default_network
let () = register "network" [ main $ stack ]
