module type Generator = sig
  type g

  val create : unit -> g
  val generate : g -> int -> string
end

type 'a generator = (module Generator with type g = 'a)

let default = ref (fun (_ : int) : string -> failwith "no generator of random numbers was chosen")
