(** The boot arguments of a process. *)

val argv : unit -> string array Lwt.t
(** The arguments, joined with blanks and split at blanks again, as they would be if a hypervisor handed them over in
    one string. A backslash takes the character after it as it is; quotes, single or double, hold a word together. *)
