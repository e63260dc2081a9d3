open Mirage

type image = Disk_image

let image = Type Disk_image

(* A device that makes a file when the unikernel is built, by commands that are not run when it is configured. *)
let disk_image ?(sectors = 100_000) path =
  impl
  @@ object
       inherit base_configurable
       method ty = image
       method name = "disk_image"
       method module_name = "Functoria_runtime"

       method! build _ =
         let open Rresult in
         Bos.OS.Cmd.run
           Bos.Cmd.(v "dd" % "if=/dev/zero" % ("of=" ^ path) % Printf.sprintf "count=%d" sectors)
         >>= fun () -> R.ok ()

       method! clean _ = Bos.OS.File.delete (Fpath.v path)
     end

let main =
  let tools = List.map (package ~build:true) [ "bos"; "fpath" ] in
  foreign
    ~packages:(package "io-page" :: package "duration" :: tools)
    ~deps:[ abstract @@ disk_image "disk.img" ]
    "Unikernel.Main"
    (time @-> block @-> job)

let () = register "block_test" [ main $ default_time $ block_of_file "disk.img" ]
