"""Expressions of type string, each with functions of OCaml's libraries."""

from __future__ import annotations

PROGRAMS = tuple(
    r"""
String.concat "," (List.map string_of_int (List.concat_map (fun x -> [ x; x * 2 ]) [ 1; 2 ]))
string_of_bool (List.equal ( = ) [ 1; 2 ] [ 1; 2 ]) ^ string_of_int (List.compare compare [ 1 ] [ 1; 2 ])
string_of_int (List.compare_lengths [ 1 ] [ 2; 3 ]) ^ string_of_int (List.compare_length_with [ 1; 2; 3 ] 2)
(let n, l = List.fold_left_map (fun a x -> (a + x, a)) 1 [ 2; 3 ] in string_of_int (List.fold_left ( + ) n l))
(let r = ref "" in List.iter2 (fun a b -> r := !r ^ a ^ b) [ "a"; "b" ] [ "c"; "d" ]; !r)
String.concat "" (List.rev_map2 ( ^ ) [ "a"; "b" ] [ "c"; "d" ])
string_of_int (List.fold_left2 (fun a b c -> a + (b * c)) 0 [ 1; 2 ] [ 3; 4 ])
string_of_int (List.fold_right2 (fun a b c -> a - b - c) [ 1; 2 ] [ 3; 4 ] 5)
string_of_bool (List.for_all2 ( < ) [ 1; 2 ] [ 3; 4 ]) ^ string_of_bool (List.exists2 ( = ) [ 1; 2 ] [ 2; 2 ])
(try string_of_bool (List.for_all2 ( < ) [ 1 ] [ 3; 4 ]) with Invalid_argument m -> m)
(try string_of_bool (List.for_all2 ( > ) [ 1 ] [ 3; 4 ]) with Invalid_argument m -> m)
(try string_of_int (List.fold_left2 (fun a _ _ -> a) 0 [ 1 ] []) with Invalid_argument m -> m)
String.concat "," (List.filteri (fun i _ -> i mod 2 = 0) [ "a"; "b"; "c" ])
(let a, b = List.partition_map (function 1 -> Either.Right "x" | x -> Either.Left x) [ 1; 2 ] in String.concat "" b)
string_of_bool (List.mem_assoc 1 [ (1, "a") ])
String.concat "," (List.map snd (List.remove_assoc 1 [ (1, "a"); (2, "b"); (1, "c") ]))
(match List.nth_opt [ 1 ] 3 with None -> "none" | Some _ -> "some")
(match List.nth_opt [ 1 ] 0 with None -> "none" | Some n -> string_of_int n)
(try (match List.nth_opt [ 1 ] (-1) with None -> "none" | Some _ -> "some") with Invalid_argument m -> m)
String.concat "," (List.map string_of_int (List.merge compare [ 1; 4 ] [ 2; 3; 5 ]))
String.concat "" (List.of_seq (Seq.map String.uppercase_ascii (Seq.filter (fun s -> s <> "b") (List.to_seq [ "a"; "b"; "c" ]))))
string_of_int (Seq.fold_left ( + ) 0 (Seq.append (Seq.return 1) (Seq.cons 2 Seq.empty)))
String.of_seq (Seq.flat_map (fun c -> List.to_seq [ c; c ]) (String.to_seq "ab"))
String.init 3 (fun n -> Char.chr (97 + n)) ^ String.mapi (fun n c -> if n = 0 then 'X' else c) "abc"
String.cat "a" "b" ^ string_of_bool (String.for_all (fun c -> c = 'a') "aa")
string_of_bool (String.exists (fun c -> c = 'b') "aa")
String.fold_left (fun s c -> s ^ Char.escaped c) "" "a\n'" ^ String.fold_right (fun c s -> s ^ String.make 1 c) "abc" ""
(let r = ref "" in String.iteri (fun n c -> r := !r ^ string_of_int n ^ String.make 1 c) "ab"; !r)
(let r = ref "" in String.iter (fun c -> r := !r ^ Char.escaped c) "xy"; !r)
string_of_int (String.index_from "abca" 1 'a') ^ string_of_int (String.rindex "abca" 'a')
(match String.rindex_opt "a" 'b' with None -> "-" | Some _ -> "+")
(try string_of_int (String.index_from "abc" 9 'a') with Invalid_argument m -> m | Not_found -> "not found")
(try string_of_int (String.index_from "abc" 1 'a') with Invalid_argument m -> m | Not_found -> "not found")
String.concat "," (String.split_on_char ' ' (String.trim "  a b  ")) ^ String.sub "hello" 1 3
(match Option.join (Some (Some 1)) with Some n -> string_of_int n | None -> "-")
string_of_bool (Option.equal ( = ) (Some 1) None)
string_of_int (Option.compare compare None (Some 1)) ^ string_of_int (Option.compare compare (Some 2) (Some 1))
(match Option.to_result ~none:"e" None with Ok () -> "ok" | Error e -> e) ^ string_of_bool (Option.is_some (Some 1))
Result.fold ~ok:string_of_int ~error:(fun e -> e) (Ok 1) ^ Result.fold ~ok:string_of_int ~error:(fun e -> e) (Error "e")
(match Result.map_error String.length (Error "abc") with Ok () -> "-" | Error n -> string_of_int n)
Result.get_error (Error "x")
(match Result.join (Ok (Ok 1)) with Ok n -> string_of_int n | Error e -> e) ^ string_of_bool (Result.is_error (Error 1))
string_of_bool (Result.equal ~ok:( = ) ~error:( = ) (Ok 1) (Error "a"))
string_of_int (Result.compare ~ok:compare ~error:compare (Ok 1) (Error "a"))
String.concat "" (Result.to_list (Ok "a"))
(match Result.bind (Ok 1) (fun n -> Error (n + 1)) with Ok () -> "" | Error n -> string_of_int n)
(let r = ref 0 in Result.iter (fun n -> r := n) (Ok 3); Result.iter_error (fun n -> r := !r + n) (Error 4); string_of_int !r)
string_of_bool (Fun.negate (fun x -> x > 1) 3) ^ string_of_int (Fun.flip ( - ) 1 3) ^ Fun.const "c" 1 ^ Fun.id "i"
(let r = ref "" in Fun.protect ~finally:(fun () -> r := "f") (fun () -> "w") ^ !r)
Lazy.force (Lazy.map String.uppercase_ascii (lazy "a")) ^ Lazy.force (Lazy.from_val "v")
Lazy.force (Lazy.from_fun (fun () -> "f"))
string_of_int (Int.add 1 2) ^ string_of_int (Int.compare 1 2) ^ Int.to_string (Int.logxor 6 3)
string_of_int (Int.shift_left 1 4) ^ string_of_int Int.minus_one
string_of_int (Int.abs (-3)) ^ string_of_int (Int.neg 3) ^ string_of_int (Int.rem (-7) 2) ^ string_of_int (Int.lognot 5)
string_of_int (Int.shift_right_logical (-1) 60)
Bool.to_string true ^ string_of_bool (Bool.equal true false) ^ string_of_int (Bool.to_int true) ^ string_of_bool (Bool.not true)
string_of_int (Char.compare 'a' 'c') ^ string_of_bool (Char.equal 'a' 'a') ^ Char.escaped '\n'
String.make 1 (Char.uppercase_ascii 'b')
Int64.to_string (Int64.logand 6L 3L) ^ Int64.to_string (Int64.shift_left 1L 40) ^ Int64.to_string (Int64.of_string "0x10")
string_of_int (Int64.compare 1L 2L)
(match Int64.of_string_opt "x" with None -> "-" | Some _ -> "+") ^ Int64.to_string Int64.minus_one
string_of_bool (Int64.equal 1L 1L)
string_of_float (7. /. 2.) ^ string_of_float (2. ** 10.) ^ string_of_float (sqrt 2.) ^ string_of_float (float 3)
string_of_int (truncate (-2.7))
string_of_float (floor (-1.5)) ^ string_of_float (ceil 1.2) ^ string_of_float (abs_float (-3.)) ^ string_of_float (1. /. 0.)
string_of_float (mod_float 7. 3.)
string_of_float (float_of_string "1e3") ^ (match float_of_string_opt "x" with None -> "-" | Some _ -> "+")
string_of_float (Float.of_int 3) ^ Float.to_string 1.5
(try string_of_float (float_of_string "x") with Failure m -> m)
(try string_of_bool (bool_of_string "x") with Invalid_argument m -> m)
(match bool_of_string_opt "true" with Some true -> "t" | _ -> "-") ^ string_of_int (lnot 5) ^ string_of_int (int_of_float 3.9)
string_of_bool (( && ) true false) ^ string_of_bool (( || ) true false)
string_of_bool (List.fold_left ( && ) true [ true; true ]) ^ string_of_bool (List.exists (( = ) 1) [ 1 ])
(let r = ref 1 in ( := ) r 2; string_of_int (( ! ) r)) ^ String.concat "" (List.map ( ! ) [ ref "a"; ref "b" ])
string_of_int (( ~- ) 3)
String.concat "" (ListLabels.map ~f:String.uppercase_ascii [ "a"; "b" ])
string_of_int (ListLabels.fold_left ~f:( + ) ~init:1 [ 2; 3 ]) ^ string_of_bool (ListLabels.mem 1 ~set:[ 1 ])
string_of_int (ListLabels.fold_right ~f:( - ) [ 5; 3 ] ~init:1)
String.concat "" (ListLabels.filter ~f:(fun s -> s <> "a") [ "a"; "b" ])
string_of_int (List.length (ListLabels.init ~len:3 ~f:Fun.id))
StringLabels.concat ~sep:"-" [ "a"; "b" ] ^ StringLabels.sub "hello" ~pos:1 ~len:2
String.concat "," (StringLabels.split_on_char ~sep:'.' "a.b") ^ StringLabels.map ~f:Char.uppercase_ascii "x"
String.concat "" (List.map (fun (a, b) -> a ^ string_of_int b) (ListLabels.combine [ "a" ] [ 1 ]))
ListLabels.assoc 1 [ (1, "x") ] ^ (try ListLabels.find ~f:(fun _ -> false) [ "a" ] with Not_found -> "nf")
string_of_bool (ListLabels.exists ~f:(fun x -> x = 1) [ 1 ])
string_of_bool (ListLabels.for_all ~f:(fun x -> x = 1) [ 1; 2 ])
String.concat "," (List.map string_of_int (ListLabels.sort ~cmp:compare [ 2; 1 ]))
string_of_int (List.assq 1 [ (1, 2) ]) ^ string_of_bool (List.memq 1 [ 1 ]) ^ string_of_bool (List.mem_assq 2 [ (1, 2) ])
(match List.find_opt (fun x -> x > 1) [ 1; 2 ] with Some n -> string_of_int n | None -> "-")
(match List.assoc_opt 1 [] with Some s -> s | None -> "none")
(match (List.find (fun x -> x > 5) [ 1 ]) with exception Not_found -> "raised" | n -> string_of_int n)
(match int_of_string "x" with exception Failure m -> m | 1 | 2 -> "small" | _ -> "large")
(match Some 3 with None | exception Not_found -> "no" | Some n when n > 2 -> "big" | Some _ -> "small")
(try (match List.hd [] with exception Not_found -> "nf" | s -> s) with Failure m -> m)
Printf.sprintf "%s" (Filename.concat "a" "b") ^ Filename.basename "/a/b" ^ Filename.extension "a.tar.gz"
Filename.remove_extension "a.b/c"
Filename.extension ".bashrc" ^ Filename.remove_extension "x/.a" ^ Filename.basename "a//" ^ Filename.dirname "a//b"
Filename.concat "" "b"
(try Filename.chop_extension "abc" with Invalid_argument m -> m)
String.uppercase_ascii "aé" ^ String.escaped "é\n" ^ string_of_int (String.length "é") ^ String.capitalize_ascii "abc"
String.uncapitalize_ascii "ABC"
string_of_int (compare "a" "b") ^ string_of_int (compare [ 1; 2 ] [ 1 ]) ^ string_of_bool ((1, "a") < (1, "b"))
string_of_int (max 1 2) ^ min "a" "b"
String.concat "," (List.sort_uniq compare [ "b"; "a"; "b" ]) ^ String.concat "" (List.rev [ "a"; "b" ])
String.concat "" (List.flatten [ [ "a" ]; [ "b" ] ])
string_of_int (7 mod -2) ^ string_of_int (-7 / 2) ^ string_of_int (1 lsl 3 lor 1) ^ string_of_int (-1 lsr 60)
string_of_int (-8 asr 1) ^ string_of_int (6 land 3 lxor 1)
""".strip().splitlines()
)
"""One per line."""
