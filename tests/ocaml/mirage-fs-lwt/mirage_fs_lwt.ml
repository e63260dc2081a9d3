open Lwt.Infix

module type S = Mirage_fs.S with type 'a io = 'a Lwt.t and type page_aligned_buffer = Cstruct.t

module To_KV_RO (FS : S) = struct
  type +'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.t
  type error = Mirage_kv.error
  type t = FS.t

  let pp_error ppf (`Unknown_key key) = Format.fprintf ppf "there is no key %s" key

  let connect = Lwt.return
  let disconnect = FS.disconnect
  let result key = function
    | Ok value -> Ok value
    | Error `No_directory_entry -> Error (`Unknown_key key)
    | Error error -> failwith (Format.asprintf "%s: %a" key FS.pp_error error)

  let size fs key = FS.size fs key >|= result key
  let mem fs key = FS.size fs key >|= fun found -> Ok (match found with Ok _ -> true | Error _ -> false)
  let read fs key offset length = FS.read fs key (Int64.to_int offset) (Int64.to_int length) >|= result key
end
