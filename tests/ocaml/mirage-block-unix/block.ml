type +'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t
type error = Mirage_block.error
type write_error = Mirage_block.write_error
type t = { file : Unix.file_descr; info : Mirage_block.info }

let sector = 512

let pp_error ppf = function
  | `Disconnected -> Format.pp_print_string ppf "the device is disconnected"
  | `Unimplemented -> Format.pp_print_string ppf "beyond the end of the device"

let pp_write_error ppf = function
  | `Is_read_only -> Format.pp_print_string ppf "the device is only read"
  | #Mirage_block.error as error -> pp_error ppf error

module Config = struct
  type sync_behaviour = [ `ToOS | `ToDrive ]
end

let connect ?buffered:_ ?sync:_ ?lock:_ path =
  let read_write = try Unix.access path [ Unix.W_OK ]; true with Unix.Unix_error _ -> false in
  let file = Unix.openfile path [ (if read_write then Unix.O_RDWR else Unix.O_RDONLY) ] 0 in
  let size_sectors = Int64.of_int ((Unix.fstat file).Unix.st_size / sector) in
  Lwt.return { file; info = { Mirage_block.read_write; sector_size = sector; size_sectors } }

let disconnect device = Lwt.return (Unix.close device.file)
let get_info device = Lwt.return device.info

let rec whole step bytes at =
  if at < Bytes.length bytes then
    match step bytes at (Bytes.length bytes - at) with 0 -> raise End_of_file | n -> whole step bytes (at + n)

let within device start buffers =
  let sectors = List.fold_left (fun sum buffer -> sum + Cstruct.length buffer) 0 buffers / sector in
  Int64.add start (Int64.of_int sectors) <= device.info.size_sectors

let seek device start = ignore (Unix.LargeFile.lseek device.file (Int64.mul start (Int64.of_int sector)) Unix.SEEK_SET : int64)

let read device start buffers =
  if not (within device start buffers) then Lwt.return_error `Unimplemented
  else begin
    seek device start;
    let fill buffer =
      let bytes = Bytes.create (Cstruct.length buffer) in
      whole (Unix.read device.file) bytes 0;
      Cstruct.blit_from_bytes bytes 0 buffer 0 (Bytes.length bytes)
    in
    Lwt.return_ok (List.iter fill buffers)
  end

let write device start buffers =
  if not device.info.read_write then Lwt.return_error `Is_read_only
  else if not (within device start buffers) then Lwt.return_error `Unimplemented
  else begin
    seek device start;
    Lwt.return_ok (List.iter (fun buffer -> whole (Unix.write device.file) (Cstruct.to_bytes buffer) 0) buffers)
  end
