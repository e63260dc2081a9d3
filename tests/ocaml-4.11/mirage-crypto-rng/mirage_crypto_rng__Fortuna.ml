(* Not what its name says: enough that two numbers differ. *)

type g = Random.State.t

let create = Random.State.make_self_init
let generate state length = String.init length (fun _ -> Char.chr (Random.State.int state 256))
