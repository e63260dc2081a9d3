open Lwt.Infix

type +'a io = 'a Lwt.t
type buffer = Cstruct.t
type t = unit
type flow = t
type error = |
type write_error = Mirage_flow.write_error

let pp_error _ : error -> unit = function _ -> .
let pp_write_error ppf `Closed = Format.pp_print_string ppf "the console is closed"
let connect (_ : string) = Lwt.return_unit
let disconnect () = Lwt.return_unit

let read () =
  let bytes = Bytes.create 4096 in
  Lwt_unix.read Lwt_unix.stdin bytes 0 (Bytes.length bytes) >|= function
  | 0 -> Ok `Eof
  | length -> Ok (`Data (Cstruct.of_bytes ~len:length bytes))

let rec put bytes at =
  let left = Bytes.length bytes - at in
  if left = 0 then Lwt.return_unit
  else Lwt_unix.write Lwt_unix.stdout bytes at left >>= fun length -> put bytes (at + length)

let write () buffer = put (Cstruct.to_bytes buffer) 0 >|= fun () -> Ok ()
let writev () buffers = write () (Cstruct.concat buffers)
let close = disconnect
let log () line = put (Bytes.of_string (line ^ "\n")) 0
