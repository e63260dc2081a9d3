open Mirage

let main = foreign "Unikernel.Main" (block @-> block @-> block @-> fs @-> kv_ro @-> job)
let images = ("a.img", "b.img")

let () =
  let one, two = images in
  let made = main $ block_of_file one $ block_of_file two $ ramdisk "scratch" in
  register "blocks" [ made $ fat_of_files ~dir:"t" () $ archive_of_files ~dir:"t" () ]
