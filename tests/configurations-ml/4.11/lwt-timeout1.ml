module M = Mirage
module Packages = struct
  let randomconv = M.package ~min:"0.2.0" "randomconv"
end

let () = M.register "timeout1" M.[ main ~packages:[ Packages.randomconv ] "Unikernel" job ]
