open Lwt.Infix

module Main (Conduit : Conduit_mirage.S) = struct
  let hello flow = Conduit.Flow.write flow (Cstruct.of_string "hello\n") >>= fun _ -> Conduit.Flow.close flow
  let start conduit = Conduit.listen conduit (`TCP 8080) hello
end
