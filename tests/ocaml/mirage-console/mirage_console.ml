module type S = sig
  include Mirage_device.S
  include Mirage_flow.S with type 'a io := 'a io and type flow = t

  val log : t -> string -> unit io
end
