open Lwt.Infix

module Main (Disk : Mirage_types_lwt.BLOCK) = struct
  let ok pp = function Ok value -> value | Error error -> failwith (Format.asprintf "%a" pp error)

  let start disk =
    Disk.get_info disk >>= fun { Mirage_block.sector_size; size_sectors; _ } ->
    let check number =
      let sector = Cstruct.create sector_size in
      Cstruct.LE.set_uint64 sector 0 number;
      Disk.write disk number [ sector ] >|= ok Disk.pp_write_error >>= fun () ->
      let read = Cstruct.create sector_size in
      Disk.read disk number [ read ] >|= ok Disk.pp_error >|= fun () -> Cstruct.equal sector read
    in
    Lwt_list.map_s check [ 0L; 1L; Int64.pred size_sectors ] >|= fun same ->
    Printf.printf "%Ld sectors of %d bytes: %b\n" size_sectors sector_size (List.for_all (fun each -> each) same)
end
