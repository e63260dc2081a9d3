module type NOTHING = sig end

module Main (_ : NOTHING) = struct
  let start () =
    Logs.info (fun m -> m "the unikernel is running, and has more to say than its server wants to hear");
    Lwt.pause ()
end
