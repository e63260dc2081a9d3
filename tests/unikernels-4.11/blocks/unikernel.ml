open Lwt.Infix

module Main (File : Mirage_block.S) (Memory : Mirage_block.S) = struct
  module Turn (Disk : Mirage_block.S) = struct
    let over name disk =
      Disk.get_info disk >>= fun { Mirage_block.sector_size; size_sectors; _ } ->
      let last = Int64.pred size_sectors in
      let written = Cstruct.of_string (name ^ String.make (sector_size - String.length name) '.') in
      let read = Cstruct.create sector_size in
      Disk.write disk last [ written ] >>= fun _ ->
      Disk.read disk last [ read ] >|= fun _ ->
      Printf.printf "%s: %Ld sectors, %b\n" name size_sectors (Cstruct.equal written read)
  end

  module File_turn = Turn (File)
  module Memory_turn = Turn (Memory)

  let start file memory = File_turn.over "file" file >>= fun () -> Memory_turn.over "memory" memory
end
