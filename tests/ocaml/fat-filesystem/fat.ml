module FS (_ : Mirage_types_lwt.BLOCK) = struct
  type +'a io = 'a Lwt.t
  type page_aligned_buffer = Cstruct.t
  type error = Mirage_types.fs_error
  type t = |

  let pp_error ppf = function
    | `Is_a_directory -> Format.pp_print_string ppf "it is a directory"
    | `No_directory_entry -> Format.pp_print_string ppf "there is no such file"
    | `Not_a_directory -> Format.pp_print_string ppf "it is no directory"

  let disconnect (t : t) = match t with _ -> .
  let read (t : t) _ _ _ = match t with _ -> .
  let size (t : t) _ = match t with _ -> .
  let listdir (t : t) _ = match t with _ -> .
  let connect _ = Lwt.fail_with "this runtime has no FAT"
end
