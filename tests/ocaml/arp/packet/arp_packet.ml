(* What a packet of ARP says. *)

type op = Request | Reply

let code = function Request -> 1 | Reply -> 2
