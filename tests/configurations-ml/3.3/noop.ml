let () = Mirage.(register "noop" [ foreign "Unikernel" job ])
