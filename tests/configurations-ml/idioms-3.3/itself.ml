open Mirage

(* An object that asks itself and its parent; values and private methods are no part of its type. *)
type cell = Cell

let cell = Type Cell

let make ?(suffix = "") name =
  impl
    (object (self)
       inherit base_configurable as super
       val lower = String.lowercase_ascii name
       method ty = cell
       method name = lower ^ suffix
       method module_name = self#path ^ ".Make"
       method private path = String.capitalize_ascii lower
       method! connect info modname values = super#connect info modname values ^ " (* " ^ self#path ^ " *)"
    end)

let () =
  let one = make "LEFT" and two = make ~suffix:"_1" "left" in
  register "itself" [ foreign "Unikernel.Main" (cell @-> cell @-> cell @-> job) $ one $ two $ make "LEFT" ]
