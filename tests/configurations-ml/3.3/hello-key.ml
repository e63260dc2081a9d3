open Mirage

(* A key whose value when configuring is the default when booting. *)
let greeting =
  let doc = Key.Arg.info ~doc:"What the unikernel says." [ "hello" ] in
  Key.(create "hello" Arg.(opt string "Hello World!" doc))

let main =
  let keys = [ Key.abstract greeting ] and packages = [ package "duration" ] in
  foreign ~keys ~packages "Unikernel.Hello" (time @-> job)

let () = register "hello" [ main $ default_time ]
