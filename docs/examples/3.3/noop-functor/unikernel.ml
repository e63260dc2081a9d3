module Main = struct
  let start = Lwt.return_unit
end
