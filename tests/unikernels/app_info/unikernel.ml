module Main (Build : sig
  val info : Mirage_info.t
end) =
struct
  let start { Mirage_info.name; libraries; packages } =
    assert (name = Build.info.Mirage_info.name);
    Printf.printf "%s has %s\n" name (String.concat " " libraries);
    List.iter (fun (package, version) -> Printf.printf "%s %s\n" package version) packages;
    Lwt.return_unit
end
