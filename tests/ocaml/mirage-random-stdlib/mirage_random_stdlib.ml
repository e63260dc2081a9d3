type g = Random.State.t
type buffer = Cstruct.t

let own = ref (Random.State.make [||])
let initialize () = Lwt.return (own := Random.State.make_self_init ())

let generate ?g size =
  let state = Option.value g ~default:!own in
  Cstruct.of_string (String.init size (fun _ -> Char.chr (Random.State.int state 256)))
