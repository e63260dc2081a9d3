(** The system of a unikernel that is a process. *)

module Time : sig
  type +'a io = 'a Lwt.t

  val sleep_ns : int64 -> unit io
end

module Main : sig
  val run : unit Lwt.t -> unit
  (** Run until the thread has its value. What it fails with is raised. *)
end
