open Mirage;;

register "noop" [ foreign "Unikernel.Main" job ]
