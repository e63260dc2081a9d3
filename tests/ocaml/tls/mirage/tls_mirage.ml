module Make (_ : Mirage_types_lwt.FLOW) = struct
  type flow = |
  type error = [ `Unavailable ]

  let client_of_flow ~version:_ _ = Lwt.return_error `Unavailable
end
