(* Says hello a few times, with a pause after each. *)

open Lwt.Infix

let log = Logs.Src.create "hello" ~doc:"What the unikernel says."

module Log = (val Logs.src_log log : Logs.LOG)

module Hello (Time : Mirage_types_lwt.TIME) = struct
  let start _time =
    let rec greet left =
      if left = 0 then Lwt.return_unit
      else begin
        Log.info (fun message -> message "hello");
        Time.sleep_ns (Duration.of_sec 1) >>= fun () -> greet (left - 1)
      end
    in
    greet 4
end
