open Office

module Main (Clerk : CLERK) = struct
  let start clerk ledger second =
    Printf.printf "%s and %s signed: %s\n" (Clerk.name clerk) second (String.concat ", " (Ledger.signed ledger));
    Lwt.return_unit
end
