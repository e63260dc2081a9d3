"""Programs that OCaml's type checker accepts or refuses."""

from __future__ import annotations

PROGRAMS = tuple(
    """
let id x = x let a = id 1 let b = id "a"
;;
let id = fun x -> x let p = (id 1, id true)
;;
let f = List.map (fun x -> x) let a = f [1] let b = f ["a"]
;;
let f l = List.map (fun x -> x) l let a = f [1] let b = f ["a"]
;;
let r = ref [] let () = r := [1] let () = r := ["a"]
;;
let l = List.rev [] let a = 1 :: l let b = "a" :: l
;;
let x = None let a = [x; Some 1] let b = [x; Some "a"]
;;
let f ~a ?(b = 1) c = a + b + c let g = f ~a:1 let h = g 2 let i = f ~a:1 ~b:2 3 let j = f 3 ~a:1
;;
let f ~a b = a + b let x = f 1 2 let y = List.map (f ~a:1) [1]
;;
let f ?a b = match a with Some x -> x + b | None -> b let x = f 1 let y = f ?a:None 1 let z = f ?a:(Some 2) 1
let w = f ~a:"x" 1
;;
let f g = g ~x:1 2 let h ~x y = x + y let z = f h
;;
let f g = g 2 ~x:1 let h ~x y = x + y let z = f h
;;
type 'a t = L | N of 'a t * 'a * 'a t
let rec ins x = function L -> N (L, x, L) | N (l, y, r) -> if x < y then N (ins x l, y, r) else N (l, y, ins x r)
let a = ins 1 L let b = ins "a" L
;;
type 'a t = L | N of 'a t * 'a * 'a t let a = N (L, 1, N (L, "a", L))
;;
type ('a, 'b) p = { one : 'a; two : 'b } let a = { one = 1; two = "a" } let b = a.one + 1 let c = a.two + 1
;;
type t = int * string let x : t = (1, "a") let y : t = ("a", 1)
;;
type s = string list let x : s = ["a"] let y : s = [1]
;;
module M = struct type t = A | B of int let x = A let f = function A -> 0 | B n -> n end let y = M.f (M.B 1)
let z : M.t = M.A
;;
module M = struct type t = A | B of int let x = A end let z : M.t = 1
;;
module M = struct let x = 1 end open M let y = x ^ "a"
;;
module M = struct include List let x = 1 end let y = M.map (fun x -> x + 1) ["a"]
;;
type a = X | Y type b = X | Z let f = function X -> 1 | Z -> 2 let g : a = X let h = (Y = X)
;;
let rec even n = n = 0 || odd (n - 1) and odd n = n <> 0 && even (n - 1) let x = even "a"
;;
let rec f x y = if x then y else f y
;;
let f x = x x
;;
let f (x : 'a) (y : 'a) = x let a = f 1 "a"
;;
let f (x : 'a) : 'a list = [x] let a : int list = f "a"
;;
let f : 'a. 'a -> 'a = fun x -> x let a = f 1 let b = f true
;;
let f (type a) (x : a) : a = x let a = f 1 + 1
;;
let f = function (a, b) when a > b -> a | (_, b) -> b let x = f (1, 2) let y = f ("a", 1)
;;
let x = `A let f = function `A -> 1 | `B s -> String.length s let y = f x
;;
let f = function `A -> 1 | _ -> 2 let x = f 1
;;
exception E of int * string let f () = raise (E (1, "a"))
let g x = try f () with E (n, s) -> n + String.length s let h = E ("a", 1)
;;
let x = try 1 with _ -> "a"
;;
let x = 1; 2
;;
let () = 1
;;
let x = if true then 1
;;
let x = if true then ()
;;
let x = let y = 1 and z = "a" in y ^ z
;;
let x = lazy 1 let y = Lazy.force x ^ "a"
;;
let (x, y) as z = (1, "a") let w = fst z + snd z
;;
let f {contents = x} = x + 1 let y = f (ref "a")
;;
let x = ref 1 let y = x.contents ^ "a"
;;
let f x = (x : int :> int)
;;
let x = ( + ) 1 let y = x "a"
;;
let x = List.fold_left ( ^ ) "" [1]
;;
let x = 'a' = "a"
;;
let x = [1; 2] = ["a"]
;;
let x = compare 1 "a"
;;
let x = 1.0 + 2
;;
let x = 1 +. 2.
;;
let x = - 1.5
;;
let x = "a" ^ 'b'
;;
let x = Printf.sprintf "%s"
;;
let x = Printf.sprintf "%s" 1
;;
let x = Printf.sprintf "%a" (fun () x -> string_of_int x) "a"
;;
let x = Format.asprintf "%a" Format.pp_print_string "a"
;;
let x = Format.asprintf "%a" Format.pp_print_string 1
;;
let x = Printf.sprintf "%*d" 3 4
;;
let x = Printf.sprintf "%*d" "3" 4
;;
let x = Printf.sprintf "%Ld" 3L
;;
let x = Printf.sprintf "%Ld" 3
;;
let f fmt = Printf.ksprintf (fun s -> s ^ "!") fmt let x = f "%d" 1 let y = f "%s" 1
;;
let x = Printf.sprintf (if true then "%d" else "%i") 1
;;
let x = Printf.sprintf "%d" 1 2
;;
let f x = Printf.sprintf "%d %s" x
;;
let o = object method a = 1 end let x = o#a + 1
;;
let f x = x#foo + 1
;;
let f ?x () = x let y = f ~x:1 () let z = f () = Some "a"
;;
let f ?x () = x let y : int option = f ~x:"a" ()
;;
let f x = match x with [] -> 0 | [a] -> a | a :: b :: _ -> a ^ b
;;
let f = fun x y -> x + y let g = f 1 2 3
;;
type t = A of int * int let f = function A (x, y) -> x + y let z = A (1, 2) let p = (1, 2) let w = A (1, "a")
;;
type t = A of (int * int) let p = (1, 2) let w = A p
;;
type t = A of int * int let p = (1, 2) let w = A p
;;
type t = A of int * int let w = A (1, 2, 3)
;;
type t = A of int * int let f = function A _ -> 1
;;
type t = A of int * int let f = function A x -> 1
;;
let f x = ignore (x + 1); ignore (x ^ "a")
;;
let apply f x = f x let a = apply (fun x -> x + 1) "a"
;;
let compose f g x = f (g x) let a = compose string_of_int int_of_string 1
;;
let f = (fun ?(a = 1) b -> a + b) let x = List.map f [1; 2]
;;
let g h = h 1 let f ?(a = 1) b = a + b let x = g f
;;
let x = 1 |> ( + ) 2 |> string_of_int |> ( ^ ) "a" |> ( + ) 1
;;
let x = List.map succ @@ List.map String.length @@ [ "a" ]
;;
let x = (1, "a", true) let (a, b, c) = x let d = if c then a else b
;;
let f a = let g b = (a, b) in (g 1, g "a") let x = f 1
;;
let f a = let g b = [a; b] in (g 1, g "a")
;;
let x : int option = Some "a"
;;
let x = (fun (x : int) -> x) "a"
;;
let f : int -> string = fun x -> x
;;
let f : int -> string = string_of_int
;;
let f : ?x:int -> unit -> int = fun ?(x = 1) () -> x let y = f ()
;;
let f : x:int -> int = fun ~x -> x
;;
let f : x:int -> int = fun x -> x
;;
let f x = assert (x > 0); x + 1 let y = f "a"
;;
let f x : int = assert false
;;
let x = assert 1
;;
let f n = if n = 0 then failwith "a" else n let x : string = f 1
;;
let x = 1 :: "a"
;;
let x = 1 :: ["a"]
;;
let x = [] @ 1
;;
type t = { f : int -> int } let x = { f = (fun y -> y + 1) } let z = x.f "a"
;;
type t = { f : 'a. 'a -> 'a } let x = { f = (fun y -> y) } let z = (x.f "a", x.f 1)
;;
type t = T : 'a -> t let x = T 1 let f (T _) = 1
;;
type _ e = I : int -> int e | B : bool -> bool e let f (I x) = x + 1
;;
let x = Option.map (fun x -> x + 1) (Some "a")
;;
let x = Result.map (fun x -> x + 1) (Ok 1) let y = match x with Ok n -> n | Error e -> e ^ ""
;;
let f = function Ok x -> x | Error (`Msg m) -> failwith m let x : int = f (Ok 1)
;;
let x = Some (fun x -> x) let y = match x with Some f -> (f 1, f "a") | None -> (1, "a")
;;
let (f, g) = ((fun x -> x), 1) let y = (f 1, f "a")
;;
let f x y = x = y && y = 1 let z = f 1 true
;;
let x = 3L let y = Int64.add x 1L let z = Int64.add 1 1L
;;
let f a b = a := b let r = ref 1 let () = f r "a"
;;
let l = ref [] let f x = l := x :: !l let () = f 1 let () = f "a"
;;
let mk () = ref [] let a = mk () let () = a := [1] let b = mk () let () = b := ["a"]
;;
let p = (ref None, 1) let () = fst p := Some 1 let () = fst p := Some "a"
;;
let f = let r = ref 0 in fun x -> incr r; x let a = f 1 let b = f "a"
;;
let f = if true then (fun x -> x) else (fun y -> y) let a = f 1 let b = f "a"
;;
let f = match 1 with _ -> fun x -> x let a = f 1 let b = f "a"
;;
let x = begin 1 end + begin "a" end
;;
let _ = 1 + true
;;
let rec f : 'a. 'a -> int = fun x -> 1 let a = f 1 + f "a"
;;
let rec l = 1 :: l
;;
let ( let* ) = Option.bind let x = let* y = Some 1 in Some (y + 1)
;;
let ( ++ ) a b = a ^ b let x = "a" ++ 1
;;
let ( ! ) x = x + 1 let y = !1
;;
let x = let module M = struct let y = 1 end in M.y ^ "a"
;;
let x = List.(map (fun x -> x + 1) ["a"])
;;
let x = String.(concat "a" [1])
;;
let f = Fun.flip let x = f (fun a b -> a - b) 1 "a"
;;
type t let f (x : t) = x + 1
;;
type t = private int let f (x : t) = (x :> int) + 1
;;
type 'a t = 'a list let x : int t = ["a"]
;;
type t = [ `A | `B ] let f (x : t) = match x with `A -> 1 | `B -> 2 let y = f `A
;;
type t = A let f A = 1 let x = f 2
;;
let f (a, b) = a + b let x = f 1 2
;;
let f () = 1 let x = f 1
;;
let f _ = 1 let x = f 1 + f "a"
;;
let f x = function 0 -> x | _ -> x ^ "a" let y = f "b" 1 let z = f 1 1
;;
let x = (1 : string)
;;
let f (x : int list list) = List.map List.length x let y = f [["a"]]
;;
let f ?(x : int option) () = x let y = f ~x:(Some 1) ()
""".strip().split("\n;;\n")
)
"""One for each rule."""
