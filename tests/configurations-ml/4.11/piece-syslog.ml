open Mirage

let stack = generic_stackv4v6 default_network

let deps =
  dep (syslog_udp stack)
  :: dep (syslog_tcp ~group:"t" stack)
  :: List.map dep [ syslog_tls ~group:"s" stack (crunch "tls") ]
  @ [ dep @@ monitoring stack ]

let () = register "syslogs" [ main ~deps "Unikernel.Main" (stackv4v6 @-> job) $ stack ]
