open Lwt.Infix

module Check (Disk : Mirage_types_lwt.BLOCK) = struct
  let ok pp = function Ok value -> value | Error error -> failwith (Format.asprintf "%a" pp error)

  let check disk name =
    Disk.get_info disk >>= fun { Mirage_block.sector_size; size_sectors; _ } ->
    let last = Int64.pred size_sectors in
    let sector text = Cstruct.of_string (text ^ String.make (sector_size - String.length text) '.') in
    let mark = Printf.sprintf "sector %Ld of %s" last name in
    Disk.write disk last [ sector mark ] >|= ok Disk.pp_write_error >>= fun () ->
    let found = Cstruct.create (2 * sector_size) in
    Disk.read disk (Int64.pred last) [ found ] >|= ok Disk.pp_error >>= fun () ->
    let before, after = Cstruct.split found sector_size in
    Printf.printf "%s: %Ld sectors, %d, %s\n" name size_sectors (Cstruct.get_uint8 before 0)
      (Cstruct.to_string ~len:(String.length mark) after);
    Disk.write disk size_sectors [ sector mark ] >|= function
    | Ok () -> failwith "written beyond the end"
    | Error error -> Format.printf "%s: %a@." name Disk.pp_write_error error
end

module Main (One : Mirage_types_lwt.BLOCK) (Two : Mirage_types_lwt.BLOCK) (Ram : Mirage_types_lwt.BLOCK) = struct
  module Check_one = Check (One)
  module Check_two = Check (Two)
  module Check_ram = Check (Ram)

  let start one two ram =
    Check_one.check one "one" >>= fun () ->
    Check_two.check two "two" >>= fun () -> Check_ram.check ram "ram"
end
