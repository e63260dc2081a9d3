(** What every unikernel needs when it starts: its arguments, its name, the levels of its logs. *)

type log_threshold = [ `All | `Src of string ] * Logs.level option

val register_arg : 'a Cmdliner.Term.t -> unit -> 'a
(** What reads the argument's value: it raises [Invalid_argument] before {!with_argv} was called. *)

val runtime_args : unit -> unit Cmdliner.Term.t list
val with_argv : unit Cmdliner.Term.t list -> string -> string array -> unit

val logs : log_threshold list Cmdliner.Term.t
val delay : int Cmdliner.Term.t
val analyze : bool Cmdliner.Term.t
val s_log : string
val set_level : default:Logs.level option -> log_threshold list -> unit
val set_name : string -> unit
val name : unit -> string
