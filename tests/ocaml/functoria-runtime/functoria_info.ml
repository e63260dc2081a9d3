(* What a program may know of its own build. *)

type t = {
  name : string;
  libraries : string list;
  packages : (string * string) list;  (* with their versions *)
}
