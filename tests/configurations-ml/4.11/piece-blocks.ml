open Mirage

let disks = [ block_of_file "disk1.img"; generic_block "disk2.img"; generic_block ~group:"cache" "disk3"; ramdisk "ram" ]

let () =
  match disks with
  | [ a; b; c; d ] ->
      register "blocks" [ main "Unikernel.Main" (block @-> block @-> block @-> block @-> job) $ a $ b $ c $ d ]
  | _ -> failwith "four disks"
