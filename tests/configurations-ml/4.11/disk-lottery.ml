(* mirage >= 4.11.0 *)
open Mirage

let disk =
  match_impl
    Key.(match_ (value target) @@ function
      | `Hvt | `Spt | `Virtio | `Muen | `Genode -> `Named
      | `Firecracker | `QEMU -> `Numbered
      | _ -> `File)
    ~default:(block_of_file "disk.img")
    [ (`Named, block_of_file "storage"); (`Numbered, block_of_file "0") ]

let packages = [ package "checkseum"; package "cstruct"; package "fmt" ]
let main = main ~packages "Unikernel.Main" (block @-> job)
let () = register "lottery" [ main $ disk ]
