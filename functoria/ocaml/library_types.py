"""The types of values of OCaml's libraries as OCaml says them, by module, and what the type of a library's value is."""

from __future__ import annotations

from functools import cache
from typing import Any

from functoria import Impl, Type
from functoria.ocaml.ml_types import (
    BOOL,
    CHAR,
    FLOAT,
    GENERIC,
    IMPL,
    INT,
    STRING,
    TYP,
    UNKNOWN_TYPE,
    Con,
    Ty,
    Var,
    list_type,
    option_type,
)
from functoria.ocaml.values import NIL, NONE, Char, Function, Int64
from functoria.ocaml.written_types import of_signature, written

_TABLE = """
[Stdlib]
! : 'a ref -> 'a
!= < <= <> = == > >= : 'a -> 'a -> bool
* + - / asr land lor lsl lsr lxor mod : int -> int -> int
*. +. -. : float -> float -> float
:= : 'a ref -> 'a -> unit
@ : 'a list -> 'a list -> 'a list
@@ : ('a -> 'b) -> 'a -> 'b
^ : string -> string -> string
abs pred succ ~+ ~- : int -> int
bool_of_string : string -> bool
char_of_int : int -> char
close_in : in_channel -> unit
close_out : out_channel -> unit
compare : 'a -> 'a -> int
decr incr : int ref -> unit
exit : int -> 'a
failwith invalid_arg : string -> 'a
float_of_int : int -> float
fst : 'a * 'b -> 'a
ignore : 'a -> unit
input_line : in_channel -> string
int_of_char : char -> int
int_of_string : string -> int
int_of_string_opt : string -> int option
max min : 'a -> 'a -> 'a
max_int min_int : int
not : bool -> bool
open_in : string -> in_channel
open_out : string -> out_channel
output_string : out_channel -> string -> unit
prerr_endline prerr_string print_endline print_string : string -> unit
print_int : int -> unit
print_newline : unit -> unit
raise raise_notrace : exn -> 'a
ref : 'a -> 'a ref
snd : 'a * 'b -> 'b
stdout : out_channel
string_of_bool : bool -> string
string_of_float : float -> string
string_of_int : int -> string
|> : 'a -> ('a -> 'b) -> 'b
~+. ~-. : float -> float
[List]
append rev_append : 'a list -> 'a list -> 'a list
assoc : 'a -> ('a * 'b) list -> 'b
assoc_opt : 'a -> ('a * 'b) list -> 'b option
combine : 'a list -> 'b list -> ('a * 'b) list
concat flatten : 'a list list -> 'a list
concat_map : ('a -> 'b list) -> 'a list -> 'b list
cons : 'a -> 'a list -> 'a list
exists for_all : ('a -> bool) -> 'a list -> bool
filter find_all : ('a -> bool) -> 'a list -> 'a list
filter_map : ('a -> 'b option) -> 'a list -> 'b list
find : ('a -> bool) -> 'a list -> 'a
find_map : ('a -> 'b option) -> 'a list -> 'b option
find_opt : ('a -> bool) -> 'a list -> 'a option
fold_left : ('a -> 'b -> 'a) -> 'a -> 'b list -> 'a
fold_right : ('a -> 'b -> 'b) -> 'a list -> 'b -> 'b
hd : 'a list -> 'a
init : int -> (int -> 'a) -> 'a list
iter : ('a -> unit) -> 'a list -> unit
iteri : (int -> 'a -> unit) -> 'a list -> unit
length : 'a list -> int
map rev_map : ('a -> 'b) -> 'a list -> 'b list
map2 : ('a -> 'b -> 'c) -> 'a list -> 'b list -> 'c list
mapi : (int -> 'a -> 'b) -> 'a list -> 'b list
mem : 'a -> 'a list -> bool
nth : 'a list -> int -> 'a
partition : ('a -> bool) -> 'a list -> 'a list * 'a list
rev tl : 'a list -> 'a list
sort sort_uniq stable_sort : ('a -> 'a -> int) -> 'a list -> 'a list
split : ('a * 'b) list -> 'a list * 'b list
[ListLabels]
append rev_append : 'a list -> 'a list -> 'a list
assoc : 'a -> ('a * 'b) list -> 'b
assoc_opt : 'a -> ('a * 'b) list -> 'b option
combine : 'a list -> 'b list -> ('a * 'b) list
concat flatten : 'a list list -> 'a list
concat_map : f:('a -> 'b list) -> 'a list -> 'b list
cons : 'a -> 'a list -> 'a list
exists for_all : f:('a -> bool) -> 'a list -> bool
filter find_all : f:('a -> bool) -> 'a list -> 'a list
filter_map : f:('a -> 'b option) -> 'a list -> 'b list
find : f:('a -> bool) -> 'a list -> 'a
find_map : f:('a -> 'b option) -> 'a list -> 'b option
find_opt : f:('a -> bool) -> 'a list -> 'a option
fold_left : f:('a -> 'b -> 'a) -> init:'a -> 'b list -> 'a
fold_right : f:('a -> 'b -> 'b) -> 'a list -> init:'b -> 'b
hd : 'a list -> 'a
init : len:int -> f:(int -> 'a) -> 'a list
iter : f:('a -> unit) -> 'a list -> unit
iteri : f:(int -> 'a -> unit) -> 'a list -> unit
length : 'a list -> int
map rev_map : f:('a -> 'b) -> 'a list -> 'b list
map2 : f:('a -> 'b -> 'c) -> 'a list -> 'b list -> 'c list
mapi : f:(int -> 'a -> 'b) -> 'a list -> 'b list
mem : 'a -> set:'a list -> bool
nth : 'a list -> int -> 'a
partition : f:('a -> bool) -> 'a list -> 'a list * 'a list
rev tl : 'a list -> 'a list
sort sort_uniq stable_sort : cmp:('a -> 'a -> int) -> 'a list -> 'a list
split : ('a * 'b) list -> 'a list * 'b list
[String]
capitalize capitalize_ascii escaped lowercase lowercase_ascii trim uncapitalize uncapitalize_ascii : string -> string
uppercase uppercase_ascii : string -> string
compare : String.t -> String.t -> int
concat : string -> string list -> string
contains : string -> char -> bool
empty : string
ends_with : suffix:string -> string -> bool
equal : String.t -> String.t -> bool
get : string -> int -> char
index : string -> char -> int
index_opt : string -> char -> int option
length : string -> int
make : int -> char -> string
map : (char -> char) -> string -> string
split_on_char : char -> string -> string list
starts_with : prefix:string -> string -> bool
sub : string -> int -> int -> string
[StringLabels]
capitalize capitalize_ascii escaped lowercase lowercase_ascii trim uncapitalize uncapitalize_ascii : string -> string
uppercase uppercase_ascii : string -> string
compare : StringLabels.t -> StringLabels.t -> int
concat : sep:string -> string list -> string
contains : string -> char -> bool
empty : string
ends_with : suffix:string -> string -> bool
equal : StringLabels.t -> StringLabels.t -> bool
get : string -> int -> char
index : string -> char -> int
index_opt : string -> char -> int option
length : string -> int
make : int -> char -> string
map : f:(char -> char) -> string -> string
split_on_char : sep:char -> string -> string list
starts_with : prefix:string -> string -> bool
sub : string -> pos:int -> len:int -> string
[Option]
bind : 'a option -> ('a -> 'b option) -> 'b option
fold : none:'a -> some:('b -> 'a) -> 'b option -> 'a
get : 'a option -> 'a
is_none is_some : 'a option -> bool
iter : ('a -> unit) -> 'a option -> unit
map : ('a -> 'b) -> 'a option -> 'b option
none : 'a option
some : 'a -> 'a option
to_list : 'a option -> 'a list
value : 'a option -> default:'a -> 'a
[Result]
bind : ('a, 'b) result -> ('a -> ('c, 'b) result) -> ('c, 'b) result
error : 'a -> ('b, 'a) result
get_ok : ('a, 'b) result -> 'a
is_ok : ('a, 'b) result -> bool
map : ('a -> 'b) -> ('a, 'c) result -> ('b, 'c) result
ok : 'a -> ('a, 'b) result
to_option : ('a, 'b) result -> 'a option
value : ('a, 'b) result -> default:'a -> 'a
[Fun]
const : 'a -> 'b -> 'a
flip : ('a -> 'b -> 'c) -> 'b -> 'a -> 'c
id : 'a -> 'a
[Lazy]
force : 'a Lazy.t -> 'a
[Int]
to_string : int -> string
[Char]
chr : int -> char
code : char -> int
lowercase_ascii uppercase_ascii : char -> char
[Int64]
abs neg pred succ : int64 -> int64
add div mul rem sub : int64 -> int64 -> int64
max min : Int64.t -> Int64.t -> Int64.t
max_int min_int one zero : int64
of_int : int -> int64
to_int : int64 -> int
to_string : int64 -> string
[Printf]
eprintf printf : ('a, out_channel, unit) format -> 'a
ksprintf : (string -> 'a) -> ('b, unit, string, 'a) format4 -> 'b
sprintf : ('a, unit, string) format -> 'a
[Format]
asprintf : ('a, Format.formatter, unit, string) format4 -> 'a
eprintf printf : ('a, Format.formatter, unit) format -> 'a
fprintf : Format.formatter -> ('a, Format.formatter, unit) format -> 'a
kasprintf : (string -> 'a) -> ('b, Format.formatter, unit, 'a) format4 -> 'b
pp_print_string : Format.formatter -> string -> unit
sprintf : ('a, unit, string) format -> 'a
[Sys]
command : string -> int
file_exists is_directory : string -> bool
getcwd : unit -> string
getenv : string -> string
getenv_opt : string -> string option
os_type : string
remove : string -> unit
unix win32 : bool
[Filename]
basename chop_extension dirname extension quote remove_extension : string -> string
concat : string -> string -> string
current_dir_name dir_sep parent_dir_name : string
[Fmt]
any : (unit, Format.formatter, unit) format -> 'a Fmt.t
bool : bool Fmt.t
box : ?indent:int -> 'a Fmt.t -> 'a Fmt.t
braces brackets hbox parens : 'a Fmt.t -> 'a Fmt.t
comma cut nop semi sp : 'a Fmt.t
const : 'a Fmt.t -> 'a -> 'b Fmt.t
epr pr : ('a, Format.formatter, unit) format -> 'a
failwith invalid_arg : ('a, Format.formatter, unit, 'b) format4 -> 'a
int : int Fmt.t
int64 : int64 Fmt.t
kstr kstrf : (string -> 'a) -> ('b, Format.formatter, unit, 'a) format4 -> 'b
list : ?sep:unit Fmt.t -> 'a Fmt.t -> 'a list Fmt.t
option : ?none:unit Fmt.t -> 'a Fmt.t -> 'a option Fmt.t
pair : ?sep:unit Fmt.t -> 'a Fmt.t -> 'b Fmt.t -> ('a * 'b) Fmt.t
pf : Format.formatter -> ('a, Format.formatter, unit) format -> 'a
quote : ?mark:string -> 'a Fmt.t -> 'a Fmt.t
str strf asprintf : ('a, Format.formatter, unit, string) format4 -> 'a
string : string Fmt.t
to_to_string : 'a Fmt.t -> 'a -> string
unit : (unit, Format.formatter, unit) format -> unit Fmt.t
using : ('a -> 'b) -> 'b Fmt.t -> 'a Fmt.t
[Fmt.Dump]
list : 'a Fmt.t -> 'a list Fmt.t
string : string Fmt.t
[Ipaddr]
of_string_exn : string -> Ipaddr.t
pp : Format.formatter -> Ipaddr.t -> unit
to_string : Ipaddr.t -> string
[Ipaddr.V4]
any broadcast localhost unspecified : Ipaddr.V4.t
make : int -> int -> int -> int -> Ipaddr.V4.t
of_string_exn : string -> Ipaddr.V4.t
pp : Format.formatter -> Ipaddr.V4.t -> unit
to_string : Ipaddr.V4.t -> string
[Ipaddr.V4.Prefix]
global loopback : Ipaddr.V4.Prefix.t
make : int -> Ipaddr.V4.t -> Ipaddr.V4.Prefix.t
of_string_exn : string -> Ipaddr.V4.Prefix.t
pp : Format.formatter -> Ipaddr.V4.Prefix.t -> unit
to_string : Ipaddr.V4.Prefix.t -> string
[Ipaddr.V6]
localhost unspecified : Ipaddr.V6.t
of_string_exn : string -> Ipaddr.V6.t
pp : Format.formatter -> Ipaddr.V6.t -> unit
to_string : Ipaddr.V6.t -> string
[Ipaddr.V6.Prefix]
make : int -> Ipaddr.V6.t -> Ipaddr.V6.Prefix.t
of_string_exn : string -> Ipaddr.V6.Prefix.t
pp : Format.formatter -> Ipaddr.V6.Prefix.t -> unit
to_string : Ipaddr.V6.Prefix.t -> string
[Mirage]
@-> : typ -> typ -> typ
$ : impl -> impl -> impl
"""
"""The names of values that have a type, and the type."""


@cache
def _types() -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    module = ""
    for line in _TABLE.strip().splitlines():
        if line.startswith("["):
            module = line.strip("[]")
            continue
        names, _, type = line.partition(" : ")
        found |= {(module, name): type for name in names.split()}
    return found


def type_text(module: str, name: str) -> str | None:
    """The type of a value of a module as OCaml says it; None where it is not known."""
    return _types().get((module, name))


def type_of_value(value: Any) -> Ty:
    """The type of a library's value; nothing is known of one that is not in the tables."""
    if isinstance(value, Function):
        same: Any = value.same
        if value.signature is not None:
            return of_signature(value.signature)
        text = type_text(same[1], same[2]) if isinstance(same, tuple) and same[0] == "library" else None
        return UNKNOWN_TYPE if text is None else written(text)
    if isinstance(value, bool):
        return BOOL
    if value is NIL:
        return list_type(Var(GENERIC))
    if value is NONE:
        return option_type(Var(GENERIC))
    kinds: list[tuple[type, Ty]] = [
        (int, INT),
        (str, STRING),
        (float, FLOAT),
        (Char, CHAR),
        (Int64, Con("int64")),
        (Impl, IMPL),
        (Type, TYP),
    ]
    return next((type for kind, type in kinds if isinstance(value, kind)), UNKNOWN_TYPE)
