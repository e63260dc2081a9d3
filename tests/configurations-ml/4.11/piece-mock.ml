open Mirage

let reporter = default_reporter ~level:(Some Logs.Debug) ()
let src = `Some "git+https://example.org/x.git#main"
let () = register ~src ~reporter ~mtime:mock_mtime ~ptime:mock_ptime "mock" [ main "Unikernel" job ]
