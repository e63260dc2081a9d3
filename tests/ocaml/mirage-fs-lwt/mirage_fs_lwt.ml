open Lwt.Infix

module To_KV_RO (FS : Mirage_types_lwt.FS) = struct
  type +'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.t
  type error = Mirage_types.kv_error
  type t = FS.t

  let pp_error ppf = function
    | `Unknown_key key -> Format.fprintf ppf "there is no key %s" key
    | `Failure reason -> Format.pp_print_string ppf reason

  let connect = Lwt.return
  let disconnect = FS.disconnect
  let result key = function
    | Ok value -> Ok value
    | Error `No_directory_entry -> Error (`Unknown_key key)
    | Error error -> Error (`Failure (Format.asprintf "%a" FS.pp_error error))

  let size fs key = FS.size fs key >|= result key
  let mem fs key = FS.size fs key >|= fun found -> Ok (Result.is_ok found)
  let read fs key offset length = FS.read fs key (Int64.to_int offset) (Int64.to_int length) >|= result key
end
