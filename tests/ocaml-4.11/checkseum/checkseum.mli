(** What both implementations have: nothing that the tests call. *)
