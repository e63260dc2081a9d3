module type CLERK = sig
  type t

  val name : t -> string
end

module Ledger = struct
  type t = { title : string; mutable lines : string list }

  let connect title =
    print_endline ("opened " ^ title);
    Lwt.return { title; lines = [] }

  let sign ledger name = ledger.lines <- name :: ledger.lines
  let signed ledger = List.rev ledger.lines
end

module Clerk = struct
  type t = string

  let connect ledger name =
    print_endline (name ^ " signs " ^ ledger.Ledger.title);
    Ledger.sign ledger name;
    Lwt.return name

  let name clerk = clerk
end
