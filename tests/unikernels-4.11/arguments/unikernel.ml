open Cmdliner

module Terms = struct
  type colour = Red | Blue

  let colour =
    let colours = Arg.enum [ ("red", Red); ("blue", Blue) ] in
    Arg.(required & opt (some colours) None & info [ "colour" ] ~doc:"A colour.")

  let size = Arg.(value & opt int64 5L & info [ "size" ] ~doc:"A size.")
end

module Inner = struct
  module Main (Disk : Mirage_block.S) = struct
    let start (disk : Disk.t) (store : Static_data.t) (colour : Terms.colour) (size : int64) =
      let open Lwt.Infix in
      Disk.get_info disk >>= fun { Mirage_block.sector_size; _ } ->
      Static_data.get store (Mirage_kv.Key.v "word") >|= fun word ->
      Printf.printf "%d %S %s %Ld\n" sector_size (Result.get_ok word) (match colour with Red -> "red" | Blue -> "blue") size
  end
end
