module Make (_ : Mirage_flow_lwt.S) = struct
  type flow = |
  type error = [ `Unavailable ]

  let client_of_flow _ = Lwt.return_error `Unavailable
end
