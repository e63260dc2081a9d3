open Lwt.Infix

let read_line () =
  let random = Char.code (Mirage_crypto_rng.generate 1).[0] in
  Mirage_sleep.ns (Duration.of_ms (1 + (random / 16))) >|= fun () -> String.make (1 + (random mod 20)) 'a'

let rec echo left =
  if left = 0 then Lwt.return_unit
  else
    read_line () >>= fun line ->
    print_endline line;
    echo (left - 1)

let start () = echo 10
