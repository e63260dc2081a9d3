let () =
  let open Mirage in
  begin
    let packages = [ package ~min:"0.2.0" "randomconv" ] in
    register "timeout2" [ main ~packages "Unikernel" job ]
  end
