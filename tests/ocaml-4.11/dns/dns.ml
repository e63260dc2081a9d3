module Edns = struct
  type t = { udp_payload_size : int }
end
