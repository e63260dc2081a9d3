module Response = struct
  type t = { status : int }
end
