open Mirage

let foo ?max ~sub min = package "foo" ~min ?max ~sublibs:[ sub ]
let one = foo ~max:"3.0.0" "1.0.0" ~sub:"a"
let two = foo "2.0.0" ~sub:"b" ~max:"2.5.0"

let jobs =
  [
    main "Unikernel" job ~packages:[ one; package "lwt" ~min:"5.0.0" ];
    main "Other" job ~packages:[ two; package "bar" ~build:true; package "baz" ];
    (main "Third.Main" (stackv4v6 @-> job) ~packages:[ package "bar"; package "tcpip" ~min:"8.0.0" ]
    $ generic_stackv4v6 default_network);
  ]

let () = register "bounds" jobs
