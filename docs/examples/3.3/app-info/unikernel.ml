module Main (Build : sig
  val info : Mirage_info.t
end) =
struct
  let start _info =
    let { Mirage_info.name; packages; libraries } = Build.info in
    Printf.printf "%s\nlibraries: %s\n" name (String.concat " " libraries);
    List.iter (fun (package, version) -> Printf.printf "%s %s\n" package version) packages;
    Lwt.return_unit
end
