let start = Lwt.return_unit
