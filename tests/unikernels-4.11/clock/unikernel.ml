open Lwt.Infix

let start () =
  let before = Mirage_mtime.elapsed_ns () in
  Mirage_sleep.ns 1_000_000L >|= fun () ->
  let days, _ = Mirage_ptime.now_d_ps () in
  let hex text = String.concat "" (List.map (fun c -> Printf.sprintf "%02x" (Char.code c)) (List.of_seq (String.to_seq text))) in
  print_endline
    (Lines.line
       [
         string_of_int days;
         string_of_bool (Mirage_mtime.elapsed_ns () >= before);
         hex (Mirage_crypto_rng.generate 8);
         hex (Mirage_crypto_rng.generate 8);
       ])
