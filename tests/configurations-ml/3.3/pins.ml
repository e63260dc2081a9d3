open Mirage

let git where = "git+https://github.com/" ^ where

let own =
  [ package "mirage-random" ~pin:(git "mirage-random/mirage-random.git")
  ; package "cow" ~pin:(git "mirage/ocaml-cow.git" ^ "#v2")
  ; package ~build:true ~min:"0.1" "ppx_blob"
  ; package ~sublibs:[ "unix" ] "uri"
  ; package ~min:"1.5.0" "dns"
  ; package ~ocamlfind:[ "a.b"; "c" ] "weird-name"
  ; package ~build:true "magic-mime"
  ]

let packages =
  [ package ~min:"2.0.0" "cow" ] @ [ package ~sublibs:[ "lwt" ] "uri" ] @ [ package ~max:"1.9" "dns"; package "magic-mime" ]

let () = register ~packages "pins" [ foreign ~packages:own "Unikernel.Main" job ]
