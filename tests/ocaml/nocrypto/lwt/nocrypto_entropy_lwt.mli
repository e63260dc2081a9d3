val initialize : unit -> unit Lwt.t
(** Takes random numbers from the host from now on. *)
