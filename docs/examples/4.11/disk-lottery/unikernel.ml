open Lwt.Infix
open Cmdliner

let sectors = Arg.(value & opt int64 8L & info [ "sectors" ] ~doc:"How many sectors are in the game.")

module Main (Disk : Mirage_block.S) = struct
  let ok pp = function Ok value -> value | Error error -> failwith (Format.asprintf "%a" pp error)

  (* Each start draws a sector, and counts in it how often it was drawn. *)
  let start disk sectors =
    Disk.get_info disk >>= fun { Mirage_block.sector_size; size_sectors; _ } ->
    let drawn = Int64.rem (Mirage_mtime.elapsed_ns ()) (min sectors size_sectors) in
    let sector = Cstruct.create sector_size in
    Disk.read disk drawn [ sector ] >|= ok Disk.pp_error >>= fun () ->
    Cstruct.LE.set_uint64 sector 0 (Int64.succ (Cstruct.LE.get_uint64 sector 0));
    Disk.write disk drawn [ sector ] >|= ok Disk.pp_write_error >|= fun () ->
    Printf.printf "sector %Ld was drawn %Ld times\n" drawn (Cstruct.LE.get_uint64 sector 0)
end
