let ( @-> ) = Mirage.( @-> )
let ( $ ) functor_ argument = Mirage.( $ ) functor_ argument
let stack = Mirage.(generic_stackv4v6 default_network)
let () = Mirage.register "network" [ Mirage.main "Unikernel.Main" (Mirage.stackv4v6 @-> Mirage.job) $ stack ]
