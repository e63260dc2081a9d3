open Lwt.Infix

module Main (Net : Mirage_net.S) = struct
  let start net =
    let told frame =
      Printf.printf "a frame of %d bytes\n%!" (Cstruct.length frame);
      Lwt.return_unit
    in
    Net.listen net ~header_size:14 told >|= function Ok () -> () | Error error -> Format.printf "%a@." Net.pp_error error
end
