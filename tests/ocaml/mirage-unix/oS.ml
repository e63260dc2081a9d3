module Time = struct
  type +'a io = 'a Lwt.t

  let sleep_ns ns = Lwt_unix.sleep (Duration.to_f ns)
end

module Main = struct
  let run = Lwt_main.run
end
