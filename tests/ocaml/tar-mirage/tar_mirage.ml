open Lwt.Infix

module Make_KV_RO (Block : Mirage_block_lwt.S) = struct
  type +'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.t
  type error = Mirage_kv.error
  type entry = { first : int64; length : int }
  type t = { block : Block.t; entries : (string, entry) Hashtbl.t }

  let sector = 512

  let pp_error ppf (`Unknown_key key) = Format.fprintf ppf "there is no key %s" key

  let sectors_of length = (length + sector - 1) / sector

  let get block first count =
    let buffer = Cstruct.create (count * sector) in
    Block.read block first [ buffer ] >>= function
    | Ok () -> Lwt.return buffer
    | Error error -> Lwt.fail_with (Format.asprintf "%a" Block.pp_error error)

  let text header at length =
    let field = Cstruct.to_string (Cstruct.sub header at length) in
    match String.index_opt field '\000' with Some stop -> String.sub field 0 stop | None -> field

  let octal header at length =
    match String.trim (text header at length) with "" -> 0 | digits -> int_of_string ("0o" ^ digits)

  let checksum header =
    let sum = ref 0 in
    for at = 0 to sector - 1 do
      sum := !sum + if at >= 148 && at < 156 then Char.code ' ' else Cstruct.get_uint8 header at
    done;
    !sum

  let name header =
    match text header 345 155 with
    | "" -> text header 0 100
    | prefix -> prefix ^ "/" ^ text header 0 100

  let connect block =
    Block.get_info block >>= fun { Mirage_block.size_sectors; _ } ->
    let entries = Hashtbl.create 7 in
    let rec go at =
      if at >= size_sectors then Lwt.return_unit
      else
        get block at 1 >>= fun header ->
        if Cstruct.get_uint8 header 0 = 0 then Lwt.return_unit
        else if octal header 148 8 <> checksum header then
          Lwt.fail_with (Printf.sprintf "sector %Ld is not a header of an archive" at)
        else begin
          let length = octal header 124 12 and first = Int64.succ at in
          let kind = Cstruct.get_char header 156 in
          if kind = '0' || kind = '\000' then Hashtbl.replace entries (name header) { first; length };
          go (Int64.add first (Int64.of_int (sectors_of length)))
        end
    in
    go 0L >|= fun () -> { block; entries }

  let disconnect _ = Lwt.return_unit

  let with_entry t key use =
    match Hashtbl.find_opt t.entries key with
    | Some entry -> use entry
    | None -> Lwt.return_error (`Unknown_key key)

  let mem t key = Lwt.return_ok (Hashtbl.mem t.entries key)
  let size t key = with_entry t key (fun entry -> Lwt.return_ok (Int64.of_int entry.length))

  let read t key offset length =
    with_entry t key (fun entry ->
        let offset = min (Int64.to_int offset) entry.length in
        let length = min (Int64.to_int length) (entry.length - offset) in
        get t.block entry.first (sectors_of entry.length) >|= fun buffer ->
        Ok [ Cstruct.sub buffer offset length ])
end
