type +'a io = 'a Lwt.t
type t = { start : float; mutable last : int64 }

let connect () = Lwt.return { start = Unix.gettimeofday (); last = 0L }
let disconnect _ = Lwt.return_unit

let elapsed_ns clock =
  (* The clock of the host may be set back: this one stands still then. *)
  clock.last <- max clock.last (Int64.of_float ((Unix.gettimeofday () -. clock.start) *. 1e9));
  clock.last

let period_ns _ = Some 1_000L
