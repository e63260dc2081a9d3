open Mirage

(* Stages, a variable of the environment, and keys spliced into code. *)
let opt ?stage ?env key converter start doc =
  Key.(create key Arg.(opt ?stage converter start (info ~docv:"X" ~doc ?env [ key ])))

let port = opt ~stage:`Run "port" Key.Arg.int 80 "The port."
let host = opt ~env:"HOST" "host" Key.Arg.(some ipv4_address) None "The host."
let tags = opt "tags" Key.Arg.(list string) [ "a"; "b" ] "Tags."
let fast = Key.(create "fast" Arg.(flag ~stage:`Configure (info [ "fast" ])))

type server = Server

let server =
  let keys = List.map Key.abstract [ port ] @ [ Key.abstract host; Key.abstract tags ] in
  impl
  @@ object
       inherit base_configurable
       method ty = console @-> Type Server
       method name = "server"
       method module_name = "Server.Make"
       method! keys = keys
       method! packages = Key.(if_ (value fast) [ package "fast-server" ] [ package "server" ])

       method! connect _ modname = function
         | [ console ] ->
             Fmt.strf "%s.connect ~port:%a ?host:%a ~tags:%a %s" modname Key.serialize_call (Key.abstract port)
               Key.serialize_call (Key.abstract host) Key.serialize_call (Key.abstract tags) console
         | _ -> assert false
     end

let main = foreign ~keys:[ Key.abstract fast ] "Unikernel.Main" (Type Server @-> job)
let () = register ~argv:no_argv ~reporter:no_reporter "stages" [ main $ (server $ default_console) ]
