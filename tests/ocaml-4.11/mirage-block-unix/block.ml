type error = Mirage_block.error
type write_error = Mirage_block.write_error
type t = { file : Unix.file_descr; info : Mirage_block.info }

module Config = struct
  type sync_behaviour = [ `ToOS | `ToDrive ]
end

let sector = 512
let pp_error = Mirage_block.pp_error
let pp_write_error = Mirage_block.pp_write_error

let connect ?buffered:_ ?sync:_ ?lock:_ ?prefered_sector_size:_ path =
  let read_write = try Unix.access path [ Unix.W_OK ]; true with Unix.Unix_error _ -> false in
  let file = Unix.openfile path [ (if read_write then Unix.O_RDWR else Unix.O_RDONLY) ] 0 in
  let size_sectors = Int64.of_int ((Unix.fstat file).Unix.st_size / sector) in
  Lwt.return { file; info = { Mirage_block.read_write; sector_size = sector; size_sectors } }

let disconnect disk = Lwt.return (Unix.close disk.file)
let get_info disk = Lwt.return disk.info

let rec whole step bytes at =
  if at < Bytes.length bytes then
    match step bytes at (Bytes.length bytes - at) with 0 -> raise End_of_file | n -> whole step bytes (at + n)

let within disk start buffers =
  let sectors = List.fold_left (fun sum buffer -> sum + Cstruct.length buffer) 0 buffers / sector in
  Int64.add start (Int64.of_int sectors) <= disk.info.size_sectors

let seek disk start = ignore (Unix.LargeFile.lseek disk.file (Int64.mul start (Int64.of_int sector)) Unix.SEEK_SET : int64)

let read disk start buffers =
  if not (within disk start buffers) then Lwt.return_error `Disconnected
  else begin
    seek disk start;
    let fill buffer =
      let bytes = Bytes.create (Cstruct.length buffer) in
      whole (Unix.read disk.file) bytes 0;
      Cstruct.blit_from_bytes bytes 0 buffer 0 (Bytes.length bytes)
    in
    Lwt.return_ok (List.iter fill buffers)
  end

let write disk start buffers =
  if not disk.info.read_write then Lwt.return_error `Is_read_only
  else if not (within disk start buffers) then Lwt.return_error `Disconnected
  else begin
    seek disk start;
    Lwt.return_ok (List.iter (fun buffer -> whole (Unix.write disk.file) (Cstruct.to_bytes buffer) 0) buffers)
  end
