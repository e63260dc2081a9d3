open Lwt.Infix

module Main (Time : Mirage_types_lwt.TIME) (Random : Mirage_types_lwt.RANDOM) = struct
  let read_line () =
    let random = Cstruct.get_uint8 (Random.generate 1) 0 in
    Time.sleep_ns (Duration.of_ms (1 + (random / 16))) >|= fun () -> String.make (1 + (random mod 20)) 'a'

  let rec echo left =
    if left = 0 then Lwt.return_unit
    else
      read_line () >>= fun line ->
      print_endline line;
      echo (left - 1)

  let start _time _random = echo 10
end
