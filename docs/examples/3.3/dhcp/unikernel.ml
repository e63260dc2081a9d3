open Lwt.Infix

module Main (Console : Mirage_types_lwt.CONSOLE) (Net : Mirage_types_lwt.NETWORK) = struct
  let start console net =
    let told frame = Console.log console (Printf.sprintf "a frame of %d bytes" (Cstruct.length frame)) in
    Net.listen net told >|= function Ok () -> () | Error error -> Format.printf "%a@." Net.pp_error error
end
