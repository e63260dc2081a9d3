type log_buffer = (char, Bigarray.int8_unsigned_elt, Bigarray.c_layout) Bigarray.Array1.t
type timestamper = log_buffer -> int -> unit

module Control = struct
  type t = log_buffer * timestamper

  let make buffer timestamper = (buffer, timestamper)
  let start (buffer, timestamper) = timestamper buffer 0
end
