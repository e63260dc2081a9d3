"""Code that is not evaluated is refused if OCaml's type checker refuses it, and never if OCaml may accept it."""

from __future__ import annotations

import pytest

from functoria import TypeMismatch
from functoria.ocaml import loads

HEAD = """open Mirage
type t = T
let t = typ T
let wanted = main "Unikernel" (block @-> job)
let yes = Sys.file_exists "." || true
"""
TAIL = '\nlet () = register "x" [ main "Unikernel" job ]\n'

WRONG = {
    "a function that nothing calls": ("let f () = wanted $ default_network", "wanted $ default_network"),
    "one inside another": ("let f () = let g x = wanted $ default_network in g", "wanted $ default_network"),
    "one that is an argument of another": (
        "let f xs = List.map (fun x -> wanted $ default_network) xs",
        "wanted $ default_network",
    ),
    "a function's result": ("let f x = netif x let g x = wanted $ f x", "wanted $ f x"),
    "what a device takes": ("let f x = tar_kv_ro (netif x)", "netif x"),
    "what is applied": ("let f x = default_network $ x", "default_network $ x"),
    "a functor of unknown arguments": ('let f x = (main "A" (block @-> block @-> job) $ x) $ default_network', None),
    "a branch that is not taken": (
        "let x = if yes then noop else wanted $ default_network",
        "wanted $ default_network",
    ),
    "branches of several types": (
        'let f x = if x then default_network else block_of_file "a"',
        'if x then default_network else block_of_file "a"',
    ),
    "a case that does not match": (
        "let x = match Some 1 with Some _ -> noop | None -> wanted $ default_network",
        "wanted $ default_network",
    ),
    "a case with what it matches": (
        "let f = function Some n -> wanted $ netif n | None -> noop",
        "wanted $ netif n",
    ),
    "what handles an exception": ('let x = try Sys.getcwd () with Not_found -> "a" ^ 1', "1"),
    "the other side of &&": ("let x = yes || not 1", "1"),
    "what is lazy": ("let x = lazy (wanted $ default_network)", "wanted $ default_network"),
    "a label": ('let f x = netif ~gruop:x "b"', 'netif ~gruop:x "b"'),
    "a label of a function of its own": ('let g ~a b = netif (a ^ b) let f x = g ~c:x "b"', 'g ~c:x "b"'),
    "too many arguments": ("let f x = block_of_file x x", "block_of_file x x"),
    "what a label takes": ("let f x = netif ~group:1 x", "1"),
    "an item of a list": ('let f x = main ~packages:[ x; noop ] "A" job', "noop"),
    "a converter": (
        'let f () = Key.(create "k" Arg.(opt Cmdliner.Arg.int "x" (info [ "k" ])))',
        'opt Cmdliner.Arg.int "x" (info [ "k" ])',
    ),
    "an optional parameter's default": ("let f ?(d = default_network) () = wanted $ d", "wanted $ d"),
    "connect that gives a text": (
        'let d = impl ~connect:(fun _ _ _ -> "x") "D" t',
        'fun _ _ _ -> "x"',
    ),
    "connect whose code has no place": (
        'let d = impl ~connect:(fun _ _ _ -> code "x") "D" t',
        'fun _ _ _ -> code "x"',
    ),
    "a case of connect that gives a text": (
        'let d = impl ~connect:(fun _ m -> function [ a ] -> "x" | _ -> code ~pos:__POS__ "x") "D" t',
        None,
    ),
    "connect of a device that nothing makes": (
        'let f () = impl ~connect:(fun _ _ _ -> "x") "D" t',
        'fun _ _ _ -> "x"',
    ),
    "connect of fewer values": (
        'let d = impl ~connect:(fun _ _ -> code ~pos:__POS__ "x") "D" t',
        'fun _ _ -> code ~pos:__POS__ "x"',
    ),
    "connect of more values": (
        'let d = impl ~connect:(fun _ _ _ _ -> code ~pos:__POS__ "x") "D" t',
        'fun _ _ _ _ -> code ~pos:__POS__ "x"',
    ),
    "a hook for dune that gives texts": (
        'let d = impl ~dune:(fun _ -> [ "(rule)" ]) "D" t',
        'fun _ -> [ "(rule)" ]',
    ),
    "a hook that is no function": ('let d = impl ~files:[] "D" t', "[]"),
    "a method that is not asked": (
        "let o = object method a = wanted $ default_network end",
        "wanted $ default_network",
    ),
    "a hook": ('let d = impl ~connect:(fun _ _ _ -> code ~pos:__POS__ 5) "D" t', "code ~pos:__POS__ 5"),
    "a module's function": ("module M = struct let f () = wanted $ default_network end", "wanted $ default_network"),
    "what a binding local to a function is": (
        "let f x = let n = netif x in let w = wanted in w $ n",
        "w $ n",
    ),
    "through |>": ("let f x = netif x |> tar_kv_ro", "netif x"),
}


@pytest.mark.parametrize("what", WRONG)
def test_is_refused_where_it_is_not_evaluated(what: str) -> None:
    body, where = WRONG[what]
    with pytest.raises(TypeMismatch) as caught:
        loads(HEAD + body + TAIL, release="4.11", environment={})
    spot = caught.value.locations[0]
    assert spot.line == HEAD.count("\n") + 1
    if where is not None:
        assert spot.span is not None
        assert body[spot.span.column : spot.span.end_column] == where


RIGHT = {
    "of any type": "let f x = x let g f x y = f y x let h x = [ x; x ]",
    "a device of any type": "let f x = wanted $ x let g x y = main x y $ default_network",
    "an exception": 'let f () = failwith "no" let g () = List.hd [] let h = function [ a ] -> a | _ -> assert false',
    "commands": 'let f () = Sys.command "make" let g () = Bos.OS.Cmd.run Bos.Cmd.(v "a" % "b")',
    "files": 'let f () = let c = open_in "a" in let l = input_line c in close_in c; l',
    "logs": 'let f x = Logs.info (fun m -> m "said %s" x); noop let g () = Int64.(succ 1L)',
    "paths": 'let f name = Bos.OS.File.delete Fpath.(v name + "ml") let g name = Fpath.(to_string (v "a" / name -+ "c"))',
    "a value that is wrong": 'let f () = netif "\\n" let g () = package "\\n" let h () = Ipaddr.V4.of_string_exn "no"',
    "references": "let r = ref None let f x = r := Some x; match !r with Some y -> wanted $ y | None -> noop",
    "a counter": "let c = ref 0 let f () = incr c; !c let n = f () let () = assert (n = 1)",
    "recursion": "let rec f n = if n = 0 then noop else f (n - 1) let rec g x = h x and h x = g x",
    "recursion without end": "let rec f x = f (x + 1) let rec g x = 1 + g x + g x",
    "a fold over devices": "let f xs = List.fold_left (fun a x -> a $ x) wanted xs",
    "branches of functions": "let f x = if x then (fun y -> netif y) else fun _ -> default_network",
    "branches of which one raises": 'let f x = if x then failwith "no" else wanted $ block_of_file "a"',
    "optional parameters": 'let f ?group ?(n = "b") () = netif ?group n let g ?group x = f ?group ~n:x ()',
    "labels in any order": 'let f ~a ~b c = netif (a ^ b ^ c) let g x = f ~b:x ~a:"1" x let h x = f ~b:x',
    "partial application": 'let f = main "A" let g x = f x let h = netif ~group:"x" let i x = h x',
    "a functor that is an argument": 'let f x = (main "A" ((block @-> kv_ro) @-> job)) $ x',
    "strings": 'let f a b = String.concat a [ b; "c" ] ^ Fmt.str "%s%d" a 1 ^ Printf.sprintf "%S" b',
    "options": "let f = function Some (x, _) -> x | None -> 1 let g x = Option.map (fun y -> y + 1) x",
    "results": "let f x = match Ipaddr.V4.of_string x with Ok _ -> 1 | Error (`Msg m) -> int_of_string m",
    "records": 'type r = { a : int; b : string } let f x = x.a + 1 let g x = { x with b = "c" } let h { a; _ } = a',
    "variants": "type v = A | B of int let f = function A -> 1 | B n -> n let g = function `A -> 1 | `B n -> n | _ -> 2",
    "objects": "let f x = object method a = x method b y = x ^ y end let g x = (f x)#b x let h o = o#c",
    "lazy values": "let f x = lazy (x + 1) let g x = Lazy.force x",
    "keys": "let f n d = Key.(create n Arg.(opt Cmdliner.Arg.int 1 (info ~doc:d [ n ]))) let g k = Key.(if_ (value k)) 1 2",
    "choices": 'let f k a = if_impl k a (block_of_file "b") let g k x = match_impl k ~default:x [ (`A, x) ]',
    "own operators": "let ( >> ) a b = a $ b let f x = wanted >> x",
    "exceptions of its own": "exception E of int let f x = try raise (E x) with E n -> n | Not_found -> 1",
    "shadowed names": "let f wanted = wanted $ default_network let g x = let netif y = y in wanted $ netif x",
    "a type that is only used there": 'type u = U let f () = main "A" (typ U @-> job) let g x = f () $ x',
    "hooks": 'let c i m = function [ a; b ] -> code ~pos:__POS__ "%s %s%s" m a b | _ -> connect_err "d" 2 '
    'let d = impl ~connect:c "D" t',
    "tuples": "let f (a, b) = wanted $ a, b let g x = let a, b = x in a ^ b",
    "guards": "let f x = match x with n when n > 1 -> 1 | _ -> 2",
    "a registration": 'let f x = register x [ noop ] let () = if yes then () else register "other" []',
    "requests": "let f () = let r = make_dhcp_requests () in add_dhcp_request r 1; r",
}


@pytest.mark.parametrize("what", RIGHT)
def test_what_may_be_right_is_accepted(what: str) -> None:
    app = loads(HEAD + RIGHT[what] + TAIL, release="4.11", environment={})
    assert (app.title, len(app.root.jobs)) == ("x", 1)


def test_checking_changes_nothing() -> None:
    plain = 'open Mirage\ntype t = T\nlet c = ref 0\nlet name () = incr c; "n" ^ string_of_int !c\n'
    tail = 'let d = impl ~connect:(fun _ m _ -> code ~pos:__POS__ "%s %s" m (name ())) "D" (typ T)\n'
    dead = "let f () = ignore (name ()); c := 100; register (name ()) []; typ T\n"
    end = 'let () = register (name ()) [ main "Unikernel" (typ T @-> job) $ d ]\n'
    one, two = (loads(plain + more + tail + end, release="4.11") for more in ("", dead))
    assert one.title == two.title == "n1"
    assert one.plan().files()["mirage/main.ml"] == two.plan().files()["mirage/main.ml"]


def test_a_file_of_many_functions_is_checked_in_linear_time() -> None:
    def steps(count: int) -> int:
        from functoria.ocaml import apply

        seen = 0
        original = apply.Budget.spend

        def spend(self: apply.Budget, at: object, steps: int = 1) -> None:
            nonlocal seen
            seen += 1
            original(self, at, steps)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(apply.Budget, "spend", spend)
            body = "".join(f"let f{n + 1} x = ignore (f{n} x); f{n} x\n" for n in range(count))
            loads(HEAD + "let f0 x = x\n" + body + TAIL, release="4.11", environment={})
        return seen

    assert steps(80) < 2.5 * steps(40)
