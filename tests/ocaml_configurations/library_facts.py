"""Results of functions of Ipaddr, Macaddr and Fmt in OCaml, with ipaddr 5.3.1 and fmt 0.9.0."""

from __future__ import annotations

GIVEN = [
    (expression, given)
    for expression, _, given in (
        fact.partition("\n= ")
        for fact in r"""
Ipaddr.V6.to_string (Ipaddr.V6.make 0xfe80 0 0 0 0 0 0 1)
= fe80::1
;;
Ipaddr.V4.Prefix.to_string (Ipaddr.V4.Prefix.make 24 (Ipaddr.V4.make 10 0 0 1))
= 10.0.0.1/24
;;
Ipaddr.V4.to_string (Ipaddr.V4.Prefix.network (Ipaddr.V4.Prefix.of_string_exn "10.0.0.1/24"))
= 10.0.0.0
;;
string_of_int (Ipaddr.V4.Prefix.bits (Ipaddr.V4.Prefix.of_string_exn "10.0.0.0/8"))
= 8
;;
Ipaddr.V4.to_string (Ipaddr.V4.Prefix.netmask (Ipaddr.V4.Prefix.of_string_exn "10.0.0.0/9"))
= 255.128.0.0
;;
Ipaddr.V4.to_string (Ipaddr.V4.Prefix.broadcast (Ipaddr.V4.Prefix.of_string_exn "10.0.0.0/9"))
= 10.127.255.255
;;
Ipaddr.V4.to_string (Ipaddr.V4.Prefix.address (Ipaddr.V4.Prefix.of_string_exn "10.0.0.3/9"))
= 10.0.0.3
;;
Ipaddr.V4.Prefix.to_string (Ipaddr.V4.Prefix.prefix (Ipaddr.V4.Prefix.of_string_exn "10.0.0.3/9"))
= 10.0.0.0/9
;;
Ipaddr.V4.Prefix.to_string (Ipaddr.V4.Prefix.of_string_exn "10.0.0.3/9")
= 10.0.0.3/9
;;
string_of_bool (Ipaddr.V4.Prefix.mem Ipaddr.V4.localhost Ipaddr.V4.Prefix.loopback)
= true
;;
string_of_bool (Ipaddr.V4.Prefix.subset ~subnet:(Ipaddr.V4.Prefix.of_string_exn "10.0.0.0/9")
  ~network:(Ipaddr.V4.Prefix.of_string_exn "10.0.0.0/8"))
= true
;;
string_of_int (Ipaddr.V4.compare Ipaddr.V4.any Ipaddr.V4.localhost)
= -1
;;
Macaddr.to_string (Macaddr.of_string_exn "00-11-22-aa-BB-55")
= 00:11:22:aa:bb:55
;;
Macaddr.to_string Macaddr.broadcast
= ff:ff:ff:ff:ff:ff
;;
(match Macaddr.of_string "x" with Ok _ -> "ok" | Error _ -> "error")
= error
;;
Ipaddr.Prefix.to_string (Ipaddr.Prefix.of_string_exn "10.0.0.0/8")
= 10.0.0.0/8
;;
(match Ipaddr.of_string_exn "10.0.0.1" with Ipaddr.V4 a -> "4" ^ Ipaddr.V4.to_string a | Ipaddr.V6 _ -> "6")
= 410.0.0.1
;;
(match Ipaddr.of_string_exn "::1" with Ipaddr.V4 a -> "4" ^ Ipaddr.V4.to_string a
  | Ipaddr.V6 a -> "6" ^ Ipaddr.V6.to_string a)
= 6::1
;;
Ipaddr.to_string (Ipaddr.V4 Ipaddr.V4.localhost) ^ Ipaddr.to_string (Ipaddr.V6 Ipaddr.V6.localhost)
= 127.0.0.1::1
;;
string_of_int (Ipaddr.compare (Ipaddr.V6 Ipaddr.V6.localhost) (Ipaddr.V4 Ipaddr.V4.localhost))
= 1
;;
Ipaddr.V6.Prefix.to_string (Ipaddr.V6.Prefix.of_string_exn "fe80::1/64")
= fe80::1/64
;;
Ipaddr.V6.to_string (Ipaddr.V6.Prefix.network (Ipaddr.V6.Prefix.of_string_exn "fe80::1/64"))
= fe80::
;;
(match Ipaddr.V4.of_string "1.2.3" with Ok _ -> "ok" | Error (`Msg _) -> "error")
= error
;;
(match Ipaddr.V4.of_string "300.2.3.4" with Ok _ -> "ok" | Error (`Msg _) -> "error")
= error
;;
(match Ipaddr.V4.of_string "010.2.3.4" with Ok a -> Ipaddr.V4.to_string a | Error (`Msg _) -> "error")
= error
;;
(match Ipaddr.V4.Prefix.of_string "10.0.0.0/33" with Ok _ -> "ok" | Error (`Msg _) -> "error")
= error
;;
(match Ipaddr.V6.of_string "fe80::1%eth0" with Ok a -> Ipaddr.V6.to_string a | Error (`Msg _) -> "error")
= error
;;
Ipaddr.V6.to_string (Ipaddr.V6.of_string_exn "::ffff:1.2.3.4")
= ::ffff:1.2.3.4
;;
Ipaddr.V6.to_string (Ipaddr.V6.of_string_exn "1:0:0:2:0:0:0:3")
= 1:0:0:2::3
;;
Ipaddr.V6.to_string (Ipaddr.V6.of_string_exn "1:0:2:3:4:5:6:7")
= 1:0:2:3:4:5:6:7
;;
Fmt.str "%a" Ipaddr.V4.pp Ipaddr.V4.localhost
= 127.0.0.1
;;
Fmt.str "%a" (Fmt.Dump.list Fmt.int) [ 1; 2; 3 ]
= [1; 2; 3]
;;
Fmt.str "%a" Fmt.(list ~sep:comma int) [ 1; 2; 3 ]
= 1, 2,\n3
;;
Fmt.str "%a" Fmt.(list int) [ 1; 2; 3 ]
= 12\n3
;;
Fmt.str "%a" Fmt.(parens (list ~sep:sp int)) [ 1; 2; 3 ]
= (1 2 3)
;;
Fmt.str "%a" Fmt.(vbox ~indent:2 (list string)) [ "a"; "b" ]
= a\n  b
;;
Fmt.str "%a" Fmt.(Dump.list Dump.string) [ "a\n"; "b" ]
= [\"a\\n\"; \"b\"]
;;
Fmt.str "%a" Fmt.(pair ~sep:comma int string) (1, "a")
= 1,\na
;;
Fmt.str "%a" Fmt.(option ~none:(any "none") int) None
= none
;;
Fmt.str "%a" Fmt.(using fst string) ("a", 1)
= a
;;
Fmt.str "%a" Fmt.(const string "x") ()
= x
;;
Fmt.to_to_string Fmt.(braces int) 3
= {3}
""".strip("\n").split("\n;;\n")
    )
]
"""Expressions with their results as text, escaped."""
