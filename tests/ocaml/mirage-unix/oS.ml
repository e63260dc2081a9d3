module Time = struct
  type +'a io = 'a Lwt.t

  let sleep_ns ns = Lwt_unix.sleep (Int64.to_float ns /. 1e9)
end

module Main = struct
  let run = Lwt_main.run
end
