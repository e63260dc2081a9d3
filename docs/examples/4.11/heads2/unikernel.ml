open Lwt.Infix

let thrown = Lwt_mvar.create_empty ()

let rec throw () =
  let coin = if Char.code (Mirage_crypto_rng.generate 1).[0] land 1 = 0 then "Heads" else "Tails" in
  Lwt_mvar.put thrown coin >>= fun () -> Mirage_sleep.ns (Duration.of_ms 10) >>= throw

let rec say left =
  if left = 0 then Lwt.return_unit
  else
    Lwt_mvar.take thrown >>= fun coin ->
    print_endline coin;
    say (left - 1)

let start () = Lwt.pick [ throw (); say 5 ]
