type error = Mirage_kv.error
type write_error = Mirage_kv.write_error
type key = Mirage_kv.Key.t
type t = (key, string) Hashtbl.t

let pp_error = Mirage_kv.pp_error
let pp_write_error = Mirage_kv.pp_write_error
let connect ?now:_ () = Lwt.return (Hashtbl.create 7)
let disconnect _ = Lwt.return_unit

let rec inside key name =
  match (key, name) with
  | [], last :: _ -> Some last
  | one :: key, other :: name when one = other -> inside key name
  | _ -> None

let entries store key =
  Hashtbl.fold (fun name _ found -> match inside key name with Some last -> last :: found | None -> found) store []

let kind store key = if Hashtbl.mem store key then Some `Value else if entries store key <> [] then Some `Dictionary else None
let exists store key = Lwt.return_ok (kind store key)

let get store key =
  Lwt.return
    (match Hashtbl.find_opt store key with
    | Some content -> Ok content
    | None when entries store key = [] -> Error (`Not_found key)
    | None -> Error (`Value_expected key))

let list store key =
  let entry last = (key @ [ last ], Option.get (kind store (key @ [ last ]))) in
  Lwt.return
    (match List.sort_uniq compare (entries store key) with
    | [] -> Error (if Hashtbl.mem store key then `Dictionary_expected key else `Not_found key)
    | found -> Ok (List.map entry found))

let size store key = Lwt.map (Result.map String.length) (get store key)
let set store key content = Lwt.return_ok (Hashtbl.replace store key content)
let remove store key = Lwt.return_ok (Hashtbl.remove store key)
