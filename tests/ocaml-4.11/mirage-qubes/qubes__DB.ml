module rec Made : sig
  type t

  val connect : domid:int -> unit -> t Lwt.t
  val read : t -> string -> string option
end =
  Made

include Made
