open Mirage

(* Code that is laid out in boxes, of the names that are given and that of the application. *)
type log = Log

let log = typ Log

let logger =
  impl
    (object
       inherit base_configurable
       method ty = log
       method name = "logger"
       method module_name = "Logger"
       method! deps = List.map abstract [ default_console; default_network ]

       method! connect info modname values =
         Fmt.strf "@[<v 2>let name = %S in@,%a@]" (Info.name info)
           Fmt.(list ~sep:(unit ";@,") string)
           (List.map (fun value -> modname ^ ".add name " ^ value) values)
    end)

let () = register "boxes" [ foreign "Unikernel.Main" (log @-> job) $ logger ]
