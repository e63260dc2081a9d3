open Mirage

let packages =
  let sublibs = [ "server"; "wire" ] in
  [ package ~min:"0.5" ~sublibs "charrua-core"; package "tcpip" ~sublibs:[ "arpv4"; "ethif" ] ]

let main = foreign ~packages "Unikernel.Main" (console @-> network @-> mclock @-> time @-> job)

let () =
  let net = default_network and clock = default_monotonic_clock in
  register "dhcp" [ main $ default_console $ net $ clock $ default_time ]
