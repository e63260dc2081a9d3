open Lwt.Infix

module Main (One : Mirage_types_lwt.CONSOLE) (Other : Mirage_types_lwt.CONSOLE) = struct
  let rec start one other =
    One.read one >>= function
    | Ok (`Data text) -> Other.log other (String.uppercase_ascii (Cstruct.to_string text)) >>= fun () -> start one other
    | Ok `Eof -> One.log one "done"
    | Error error -> Lwt.fail_with (Format.asprintf "%a" One.pp_error error)
end
