open Mirage

let () = register "etif" [ main "App.Make" (ethernet @-> job) $ etif default_network ]
