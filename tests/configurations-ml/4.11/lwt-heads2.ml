let randomconv = Mirage.package ~min:"0.2.0" "randomconv"
let main = Mirage.main ~packages:[ randomconv ] "Unikernel" Mirage.job
let () = Mirage.register "heads2" [ main ]
