open Mirage

let main =
  foreign "Unikernel.Main" ~deps:[ abstract app_info ] (console @-> job)
    ~packages:[ package "fmt" ]

let () = register "console" [ main $ default_console ]
