type +'a io = 'a Lwt.t
type page_aligned_buffer = Cstruct.t
type error = Mirage_block.error
type write_error = Mirage_block.write_error
type t = Cstruct.t

let sector = 512
let sectors = 32_768
let devices : (string, t) Hashtbl.t = Hashtbl.create 7

let pp_error ppf = function
  | `Disconnected -> Format.pp_print_string ppf "the device is disconnected"
  | `Unimplemented -> Format.pp_print_string ppf "beyond the end of the device"

let pp_write_error ppf = function
  | `Is_read_only -> Format.pp_print_string ppf "the device is only read"
  | #Mirage_block.error as error -> pp_error ppf error

let connect ~name =
  if not (Hashtbl.mem devices name) then Hashtbl.add devices name (Cstruct.create (sector * sectors));
  Lwt.return (Hashtbl.find devices name)

let disconnect _ = Lwt.return_unit

let get_info _ =
  Lwt.return { Mirage_block.read_write = true; sector_size = sector; size_sectors = Int64.of_int sectors }

let each device start buffers copy =
  let length = List.fold_left (fun sum buffer -> sum + Cstruct.length buffer) 0 buffers in
  let first = Int64.to_int start * sector in
  if first + length > Cstruct.length device then Lwt.return_error `Unimplemented
  else begin
    let step at buffer = copy buffer at; at + Cstruct.length buffer in
    ignore (List.fold_left step first buffers : int);
    Lwt.return_ok ()
  end

let read device start buffers =
  each device start buffers (fun buffer at -> Cstruct.blit device at buffer 0 (Cstruct.length buffer))

let write device start buffers =
  each device start buffers (fun buffer at -> Cstruct.blit buffer 0 device at (Cstruct.length buffer))
