open Mirage

(* A device that needs others, brings a package by a key, and takes its values by a list. *)
type store = Store

let store = typ Store
let speed = Key.(create "speed" Arg.(opt int 3 (info ~doc:"How fast." [ "speed" ])))

let disk =
  impl
    (object
       inherit base_configurable
       method ty = time @-> store
       method name = "disk"
       method module_name = "Disk.Make"
       method! packages = Key.(if_ is_unix) [ package ~min:"1.0.0" "disk" ] [ package "disk"; package "disk-solo5" ]
       method! keys = [ Key.abstract speed ]
       method! deps = [ abstract default_random; abstract default_posix_clock ]

       method! connect _ modname =
         function
         | [ time; random; clock ] ->
             Fmt.strf "%s.connect %s@ %s ~speed:%a %S" modname time random Key.serialize_call (Key.abstract speed) clock
         | _ -> failwith "three"
    end)

let () = register "deps" [ foreign "Unikernel.Main" (store @-> job) $ (disk $ default_time) ]
