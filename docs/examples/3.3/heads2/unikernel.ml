open Lwt.Infix

module Main (Time : Mirage_types_lwt.TIME) (Random : Mirage_types_lwt.RANDOM) = struct
  let thrown = Lwt_mvar.create_empty ()

  let rec throw () =
    let coin = if Cstruct.get_uint8 (Random.generate 1) 0 land 1 = 0 then "Heads" else "Tails" in
    Lwt_mvar.put thrown coin >>= fun () -> Time.sleep_ns (Duration.of_ms 10) >>= throw

  let rec say left =
    if left = 0 then Lwt.return_unit
    else
      Lwt_mvar.take thrown >>= fun coin ->
      print_endline coin;
      say (left - 1)

  let start _time _random = Lwt.pick [ throw (); say 5 ]
end
