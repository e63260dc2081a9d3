open Mirage

let from_one name = package ~min:"1.0.0" name

let packages =
  List.concat
    [ List.map from_one [ "mirage-crypto"; "mirage-crypto-pk"; "mirage-crypto-rng" ]
    ; [ package ~min:"1.2.0" "digestif"; package "fmt" ]
    ; List.map (package ~min:"0.2.0") [ "ohex"; "randomconv" ]
    ]

let () = register "crypto-test" [ main ~packages "Unikernel" job ]
