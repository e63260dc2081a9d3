module FS (_ : Mirage_block_lwt.S) = struct
  type +'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.t
  type error = Mirage_fs.error
  type write_error = Mirage_fs.write_error
  type t = |

  let pp_error ppf = function
    | `Is_a_directory -> Format.pp_print_string ppf "it is a directory"
    | `No_directory_entry -> Format.pp_print_string ppf "there is no such file"
    | `Not_a_directory -> Format.pp_print_string ppf "it is not a directory"

  let pp_write_error ppf _ = Format.pp_print_string ppf "it cannot be written"
  let disconnect (t : t) = match t with _ -> .
  let read (t : t) _ _ _ = match t with _ -> .
  let size (t : t) _ = match t with _ -> .
  let create (t : t) _ = match t with _ -> .
  let listdir (t : t) _ = match t with _ -> .
  let connect _ = Lwt.fail_with "this runtime has no FAT"
end
