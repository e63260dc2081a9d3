(** Keys of a program that are read when it starts. *)

module Arg : sig
  type 'a t
  (** How a value is written on the command line. *)

  val opt : 'a Cmdliner.Arg.conv -> 'a -> Cmdliner.Arg.info -> 'a t
  (** An option with a default. *)

  val key : ?default:'a -> 'a Cmdliner.Arg.conv -> Cmdliner.Arg.info -> 'a t
  (** An option that must be given, unless there is a default. *)

  val flag : Cmdliner.Arg.info -> bool t
  (** A flag: true where it is given. *)
end

module Key : sig
  type 'a t

  val create : 'a Arg.t -> 'a t

  val term : 'a t -> unit Cmdliner.Term.t
  (** The term that reads the key's value. *)

  val get : 'a t -> 'a
  (** The value that was read. Raises [Invalid_argument] before {!with_argv}. *)
end

val with_argv : unit Cmdliner.Term.t list -> string -> string array -> unit
(** [with_argv terms name argv] reads all [terms] from [argv]. For help the program exits with 0, for arguments that
    are wrong with 64. What was read first stays: a second call does nothing. *)
