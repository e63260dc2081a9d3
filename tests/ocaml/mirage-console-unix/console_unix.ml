type +'a io = 'a Lwt.t
type buffer = Cstruct.t
type t = unit
type flow = t
type error = |
type write_error = Mirage_types.flow_write_error

let pp_error _ : error -> unit = function _ -> .
let pp_write_error ppf `Closed = Format.pp_print_string ppf "the console is closed"
let connect (_ : string) = Lwt.return_unit
let disconnect () = Lwt_io.flush Lwt_io.stdout

let read () =
  let open Lwt.Infix in
  Lwt_io.read ~count:4096 Lwt_io.stdin >|= function
  | "" -> Ok `Eof
  | text -> Ok (`Data (Cstruct.of_string text))

let write () buffer =
  let open Lwt.Infix in
  Lwt_io.write Lwt_io.stdout (Cstruct.to_string buffer) >>= fun () ->
  Lwt_io.flush Lwt_io.stdout >|= Result.ok

let writev () buffers = write () (Cstruct.concat buffers)
let close = disconnect

let log () line =
  let open Lwt.Infix in
  Lwt_io.write_line Lwt_io.stdout line >>= fun () -> Lwt_io.flush Lwt_io.stdout
