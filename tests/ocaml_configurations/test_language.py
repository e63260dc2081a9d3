"""OCaml's semantics: each program below has the same result here and in OCaml."""

from __future__ import annotations

import subprocess
from functools import cache
from typing import Any

import pytest

from functoria import FunctoriaError
from functoria.ocaml import releases
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.program import scope_of, session_of
from functoria.ocaml.reader import read
from functoria.ocaml.scope import Variable
from functoria.ocaml.values import Raised
from tests.tools import need

PROGRAMS = {
    "operands are evaluated from the right": """
        let n = ref 0
        let next () = incr n; string_of_int !n
        let it = next () ^ next () ^ next ()
    """,
    "a tuple and a list are evaluated from the right": """
        let n = ref 0
        let next _ = incr n; !n
        let a, b = (next (), next ())
        let l = [ next (); next (); next () ]
        let it = Printf.sprintf "%d %d %s" a b (String.concat "," (List.map string_of_int l))
    """,
    "arguments are evaluated from the right, labels too": """
        let said = ref ""
        let say s = said := !said ^ s; s
        let f ~a ~b c = a ^ b ^ c
        let it = let r = f ~a:(say "a") ~b:(say "b") (say "c") in r ^ " " ^ !said
    """,
    "labelled arguments are evaluated in the order of the parameters": """
        let said = ref ""
        let s x = said := !said ^ x; x
        let f ~a ~b c = a ^ b ^ c
        let h ?(o = "") ?(p = "") ~a b = o ^ p ^ a ^ b
        let l = [ f ~b:(s "b") ~a:(s "a") (s "c"); f (s "c") ~b:(s "b") ~a:(s "a"); h (s "b") ~a:(s "a") ~o:(s "o");
          h ?p:(Some (s "p")) (s "b") ?o:(Some (s "o")) ~a:(s "a") ]
        let said_of_all = !said
        let () = said := ""
        let prefix = f ~b:(s "b") ~a:(s "a")
        let () = said := !said ^ ";"
        let without_a = f ~b:(s "b") (s "c")
        let () = said := !said ^ ";"
        let without_b = f (s "c") ~a:(s "a")
        let () = said := !said ^ ";" ^ String.concat (s ",") [ s "x"; s "y" ]
        let it = String.concat "/" l ^ said_of_all ^ prefix "c" ^ without_a ~a:"a" ^ without_b ~b:"b" ^ !said
    """,
    "fields are evaluated in the order of the type, from the right": """
        type r = { x : string; y : string; z : string }
        let said = ref ""
        let s x = said := !said ^ x; x
        let r = { z = s "z"; x = s "x"; y = s "y" }
        let get () = said := !said ^ "r"; r
        let q = { (get ()) with z = s "Z"; x = s "X" }
        let it = r.x ^ r.y ^ r.z ^ q.x ^ q.y ^ q.z ^ !said
    """,
    "a tuple that is matched is not made": """
        let n = ref 0
        let next () = incr n; !n
        let one = match next (), next () with a, b -> Printf.sprintf "%d %d" a b
        let two = match (next (), next (), next ()) with p -> (match p with a, b, c -> Printf.sprintf "%d %d %d" a b c)
        let three = (function a, b -> Printf.sprintf "%d %d" a b) (next (), next ())
        let it = String.concat ";" [ one; two; three ]
    """,
    "a name is rebound from there on": """
        let x = "a"
        let f () = x
        let x = x ^ "b"
        let it = f () ^ x
    """,
    "let and: the names are not seen by each other": """
        let a = "1" let b = "2"
        let it = let a = b and b = a in a ^ b
    """,
    "labels commute": """
        let f ~x ~y z = x ^ y ^ z
        let it = f "c" ~y:"b" ~x:"a" ^ (f ~y:"2") "3" ~x:"1"
    """,
    "labels are left out where all arguments are given": """
        let f ~x ~y = x ^ y
        let it = f "a" "b"
    """,
    "an optional argument is left out": """
        let f ?(x = "d") ?y () = x ^ (match y with None -> "-" | Some y -> y)
        let it = f () ^ f ~x:"a" () ^ f ~y:"b" () ^ f ?x:None ?y:(Some "c") ()
    """,
    "an optional argument after the last one by place": """
        let f ?(x = "d") y = x ^ y
        let it = f "a" ~x:"b" ^ f "c"
    """,
    "an optional argument stays open in a partial application": """
        let f ?(x = "d") y z = x ^ y ^ z
        let g = f ~x:"o"
        let it = g "a" "b" ^ (f "1") "2"
    """,
    "a default sees the parameters before": """
        let f ?(a = "x") ?(b = a ^ a) () = a ^ b
        let it = f () ^ f ~a:"y" () ^ f ~b:"z" ()
    """,
    "a function in a function has one list of parameters": """
        let f = fun a -> fun ~l -> function "x" -> a ^ l | y -> y ^ a
        let it = f "1" ~l:"2" "x" ^ f ~l:"3" "4" "5"
    """,
    "an optional argument is erased where a function is called with less": """
        let f ?(x = "!") y = y ^ x
        let it = String.concat "" (List.map (fun s -> f s) ["a"; "b"])
    """,
    "patterns": """
        type t = A | B of int * string | C of t list
        let rec show = function
          | A -> "A"
          | B (n, "x") | B (n, "y") when n > 1 -> "big"
          | B (n, s) -> string_of_int n ^ s
          | C [] -> "none"
          | C (A :: _) -> "first"
          | C [ x; _ ] -> "two " ^ show x
          | C l -> String.concat "," (List.map show l)
        let it = String.concat ";" (List.map show
          [ A; B (2, "x"); B (1, "y"); C []; C [ A ]; C [ B (3, "z"); A ]; C [ B (0, ""); A; A ] ])
    """,
    "polymorphic variants": """
        let f = function `A -> "a" | `B (x, y) -> x ^ y | `C x -> x | _ -> "?"
        let it = f `A ^ f (`B ("1", "2")) ^ f (`C "c") ^ f `D
    """,
    "records": """
        type r = { a : string; b : int }
        let r = { a = "x"; b = 2 }
        let { a; b = two } = { r with b = r.b + 1 }
        let it = a ^ string_of_int two ^ (match r with { b; _ } -> string_of_int b)
    """,
    "exceptions": """
        exception E of string
        let f x = try if x = "" then raise Not_found else if x = "e" then raise (E "!") else failwith x with
          | Not_found -> "none" | E s -> s | Failure s -> "failed " ^ s
        let it = f "" ^ f "e" ^ f "z" ^ (try ignore (List.find (fun _ -> false) []); "" with Not_found -> "n")
    """,
    "an exception that is not matched goes on": """
        let it = try (try raise Not_found with Failure _ -> "no") with Not_found -> "yes"
    """,
    "objects": """
        let o x = object (self) val y = x ^ "!" method n = y method m = self#n ^ self#n end
        let it = (o "a")#m
    """,
    "modules": """
        module M = struct let a = "a" module N = struct let b = a ^ "b" end end
        module P = M.N
        let a = "outer"
        let it = M.a ^ P.b ^ M.(a ^ N.b) ^ a ^ (let open M.N in a ^ b)
    """,
    "include and open": """
        module M = struct let a = "a" end
        module N = struct include M let b = a ^ "b" end
        open N
        let it = a ^ b
    """,
    "operators": """
        let ( >>= ) x f = f (x ^ "+")
        let ( ++ ) a b = a ^ "/" ^ b
        let ( !! ) a = "~" ^ a
        let it = ("a" >>= fun x -> x ++ !! "b" ++ "c") ^ ( ^ ) "1" "2"
    """,
    "weak and strong operators": """
        let ( $ ) f x = "(" ^ f ^ " " ^ x ^ ")"
        let ( @-> ) a b = "[" ^ a ^ ">" ^ b ^ "]"
        let it = "f" $ "a" @-> "b" @-> "c" $ "d" @-> "e"
    """,
    "the application operators": """
        let f x = x ^ "f" let g x = x ^ "g"
        let it = (f @@ g @@ "a") ^ ("b" |> f |> g)
    """,
    "integers": """
        let it = Printf.sprintf "%d %d %d %d %d %d" (7 / -2) (7 mod -2) (-7 / 2) (1 lsl 62) (max_int + 1) (-5 asr 1)
    """,
    "comparison": """
        let it = String.concat "," (List.map string_of_bool
          [ 1 < 2; "b" > "a"; [1;2] < [1;3]; (1, "a") = (1, "a"); Some 1 > None; `A = `A; compare [3] [2;9] > 0 ])
    """,
    "constructors are ordered as their type declares them": """
        type kind = Small | Of of int | Large | Huge | And of string
        let show = function
          | Small -> "S" | Large -> "L" | Huge -> "H" | Of n -> "O" ^ string_of_int n | And s -> "A" ^ s
        let it = String.concat "," (List.map show (List.sort compare
            [ And "a"; Huge; Of 3; Large; And "Z"; Of 1; Small ]))
          ^ String.concat "," (List.map string_of_bool
            [ Small < Large; max Small Huge = Huge; Ok 1 < Error 0; None < Some 0; Some 1 > Some 0; Result.ok 2 < Error 1 ])
    """,
    "records are ordered field by field as their type declares them": """
        type r = { z : int; a : int }
        let l = [ { a = 1; z = 3 }; { a = 2; z = 1 }; { z = 1; a = 3 }; { { z = 0; a = 1 } with z = 2 } ]
        let it = String.concat ";" (List.map (fun { a; z } -> Printf.sprintf "%d%d" z a) (List.sort compare l))
          ^ string_of_bool ({ a = 1; z = 3 } = { z = 3; a = 1 })
    """,
    "polymorphic variants are ordered by their hashes": """
        let show = function `Unix -> "u" | `Xen -> "x" | `Hvt -> "h" | `Spt -> "s" | `Muen -> "m" | `Qubes n -> "q" ^ n
        let it = String.concat "" (List.map show (List.sort compare
          [ `Unix; `Qubes "2"; `Xen; `Hvt; `Qubes "1"; `Spt; `Muen ]))
    """,
    "and and or do not look further": """
        let it = string_of_bool (false && failwith "no") ^ string_of_bool (true || failwith "no")
    """,
    "printf": """
        let it = Printf.sprintf "%s|%S|%d|%02d|%5d|%-5s|%c|%C|%b|%x|%X|%%|%i|%Ld|%.2f|%5.1f" "a" "b\\n\\"" 3 4 5 "x" 'c' '\\''
          true 255 255 6 7L 1.5 2.25
    """,
    "as many digits as are asked for": """
        let it = Printf.sprintf "[%.3d][%.3d][%8.3d][%-8.3d][%08.3d][%.2d][%.3x][%.*d][%+.3d][%.3i][%.4Ld]"
          5 (-5) 5 5 5 1234 10 4 7 3 2 7L
    """,
    "new lines in boxes, and offsets of breaks": """
        let it = String.concat "|" [
          Format.asprintf "ab@[<v 2>x@\ny@]@\nz"; Format.asprintf "ab@[x@\ny@]@\nz";
          Format.asprintf "ab@[<2>x@\ny@;<1 3>z@]q"; Format.asprintf "ab@[<v>x@;<1 2>y@;<3 -1>z@,w@]";
          Format.asprintf "ab@[<v 2>x@;<1 -2>y@;<3 1>z@,w@]"; Format.asprintf "a@;<1 2>b@;<2 4>c";
          Format.asprintf "a@[<v>b@.c@]d@,e"; Format.asprintf "@[<h>x@\ny@]" ]
    """,
    "a width from an argument, and a sign": """
        let it = Printf.sprintf "[%*d][%+d][% d][%06d][%-6d]" 5 42 7 7 (-42) 9
    """,
    "printing by a printer": """
        let pp ppf (a, b) = Format.fprintf ppf "<%s,%d>" a b
        let it = Format.asprintf "%a-%a" pp ("x", 1) (fun ppf -> Format.fprintf ppf "%S") "y"
    """,
    "a vertical box": """
        let it = Format.asprintf "@[<v>a@,b@ c@]"
    """,
    "strings": """
        let it = "a\\tb\\065\\x42\\o103\\"" ^ {|raw \\n|} ^ {x|a|b|x} ^ "one \\
          two"
    """,
    "characters in strings": """
        let it = String.concat "." [ String.sub "hello" 1 3; String.uppercase_ascii "aé"; String.trim " x "; String.make 3 'z' ]
    """,
    "lists": """
        let l = [ 3; 1; 2 ]
        let s l = "[" ^ String.concat ";" (List.map string_of_int l) ^ "]"
        let it = s (List.sort compare l) ^ s (List.rev l) ^ s (l @ [ 4 ]) ^ s (0 :: l) ^ s (List.filter (fun x -> x > 1) l)
          ^ string_of_int (List.fold_left ( + ) 0 l) ^ string_of_int (List.fold_right ( - ) l 0)
          ^ s (List.concat [ [ 1 ]; []; [ 2 ] ]) ^ string_of_int (List.assoc "b" [ ("a", 1); ("b", 2) ])
    """,
    "references": """
        let c = ref 0
        let next = let k = ref 10 in fun () -> incr k; decr c; !k + !c
        let it = let a = next () in let b = next () in string_of_int a ^ "," ^ string_of_int b
    """,
    "a sequence in the branches": """
        let r = ref ""
        let () = if true then r := "a"; r := !r ^ "b"
        let () = begin if false then r := "no" else (r := !r ^ "c"; r := !r ^ "d") end
        let it = !r
    """,
    "lazy values are made once": """
        let n = ref 0
        let x = lazy (incr n; string_of_int !n)
        let it = Lazy.force x ^ Lazy.force x
    """,
    "recursion": """
        let rec even n = n = 0 || odd (n - 1) and odd n = n <> 0 && even (n - 1)
        let it = string_of_bool (even 10) ^ string_of_bool (odd 7)
    """,
    "types and annotations": """
        type 'a t = 'a list and u = string
        let f (x : int) : string = string_of_int x
        let g : 'a. 'a -> 'a = fun x -> x
        let it = (f 3 : u) ^ g "x"
    """,
    "a name in a pattern hides one before": """
        let x = "outer"
        let it = (match "inner" with x -> x) ^ x ^ (fun x -> x) "p" ^ x
    """,
    "number with underscores": "let it = string_of_int 1_000_000 ^ string_of_int 0xff ^ string_of_int 0b101 ^ string_of_int 0o17",
    "breaks outside of boxes": """
        let s = String.concat "|" [ Format.asprintf "a@ b"; Format.asprintf "a@ b@ c"; Format.asprintf "@[<v>x@]@ b" ]
        let it = s ^ Format.asprintf "@[<v 2>a {@ b;@ c@]@ }" ^ Format.asprintf "x@,@[y@ z@]" ^ Format.asprintf "@[p@ q@]"
    """,
    "numbers with a fraction": 'let it = String.concat " " (List.map string_of_float [ 1.; 0.1; 1e10; -0.5; -2.5e-3 ])',
    "signs of numbers with a fraction": """
        let y = -. 1.5
        let z = +. 2.5
        let it = String.concat " " (List.map string_of_float
          [ y; z; -. y; ~-. 0.5; ~+. z; (-. 1.5) +. 2.; ( ~-. ) z; -1.5; - 2.5; -.1e3; y -. 0.25; y -.0.25 ])
          ^ String.concat " " (List.map string_of_int [ ~- 3; ( ~- ) 4; ~-5; ~+ 6; - 7; -8 ])
    """,
    "numbers of 64 bits": """
        let l = Int64.[ succ 1L; pred 1L; neg 3L; abs (-4L); max_int; add max_int 1L; min_int ]
        let it = String.concat " " (List.map Int64.to_string l) ^ string_of_int (succ 1)
    """,
    "contents of references": 'let it = (fun (a, b) { contents = c } -> a ^ b ^ c) ("x", "y") (ref "z") ^ (ref "w").contents',
    "more of lists": """
        let l = List.rev_append (List.rev_map string_of_int [ 1; 2 ]) [ "3" ]
        let n = ref 0
        let () = List.iteri (fun i s -> n := !n + (i * String.length s)) l
        let it = String.concat "" (List.stable_sort compare l) ^ string_of_int !n
          ^ (match List.find_map (fun s -> if s > "1" then Some s else None) l with Some s -> s | None -> "")
    """,
    "characters": 'let it = String.make 2 (Char.chr 66) ^ String.map Char.lowercase_ascii "QED"'
    "^ string_of_int (Char.code 'A')",
    "names of directories": 'let it = String.concat " " (List.map Filename.dirname [ "/"; "a"; "/a"; "a/b/"; "//" ])',
    "a nested comment": 'let it = (* a (* b *) "*)" c *) "ok"',
}
"""Programs that bind `it` to a string."""


def evaluated(source: str, release: int = 0) -> Any:
    """Return the value of `it` in a program."""
    session = session_of("/nowhere/config.ml", {"HOME": "/home/me"}, {})
    scope = scope_of(session, releases()[release], "/nowhere/config.ml")
    evaluator = Evaluator(scope, session.world.budget)
    for code in evaluator.items(read(source.encode(), "/nowhere/config.ml")):
        code(evaluator.globals)
    found = scope.layers[-1].values["it"]
    assert isinstance(found, Variable)
    return evaluator.globals[found.number]


@cache
def in_ocaml() -> dict[str, str]:
    """Return the output of each program in OCaml, all in one run."""
    need("ocaml")
    text = ""
    for number, source in enumerate(PROGRAMS.values()):
        text += f"module P{number} = struct\n{source}\nend\n"
        text += f'let () = print_string ("\\000" ^ P{number}.it)\n'
    done = subprocess.run(
        ["ocaml", "-w", "-a", "/dev/stdin"], input=text, capture_output=True, text=True, check=False, cwd="/"
    )
    assert done.returncode == 0, done.stderr
    return dict(zip(PROGRAMS, done.stdout.split("\0")[1:], strict=True))


@pytest.mark.parametrize("name", PROGRAMS)
def test_is_as_in_ocaml(name: str) -> None:
    assert evaluated(PROGRAMS[name]) == in_ocaml()[name]


UNREAD = {
    "a loop": "let () = for i = 1 to 3 do () done",
    "a module's signature": "module M : sig val a : int end = struct let a = 1 end",
    "an alias of an exception": "exception E = Not_found",
    "an extensible type": "type t += A",
    "a pattern of all variants of a type": "let f = function #t -> 1 | _ -> 2",
    "a class": "class c = object end",
    "a functor": "module F (X : S) = struct end",
    "a module type": "module type S = sig end",
    "an external function": 'external f : int -> int = "f"',
    "an array": "let x = [| 1 |]",
    "an element of an array": "let x = a.(1)",
    "a module as a value": "let x = (module M)",
    "setting a field": "let () = r.x <- 1",
    "a let operator": "let x = let* a = b in a",
    "an extension point": "let x = [%foo]",
    "a mutable field": "type t = { mutable a : int }",
}


@pytest.mark.parametrize("what", UNREAD)
def test_what_is_not_read_is_named(what: str) -> None:
    with pytest.raises(FunctoriaError, match=f"{what} is not supported in a configuration") as caught:
        evaluated("let a = 1\n" + UNREAD[what])
    assert caught.value.locations[0].line == 2


def test_an_exception_has_its_place() -> None:
    with pytest.raises(Raised) as caught:
        evaluated('let f x =\n  failwith x\nlet it = f "no"')
    assert caught.value.at is not None
    assert caught.value.at.line == 2


def test_an_empty_signature_hides_what_a_module_defines() -> None:
    assert evaluated('module M : sig end = struct let a = "x" end let it = "y"') == "y"
    with pytest.raises(FunctoriaError, match="this file's module M has no value a"):
        evaluated('module M : sig end = struct let a = "x" end let it = M.a')
