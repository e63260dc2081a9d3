"""The types of values of OCaml's libraries, by module, as OCaml writes them."""

from __future__ import annotations

TABLE = """
[Stdlib]
! : 'a ref -> 'a
!= < <= <> = == > >= : 'a -> 'a -> bool
&& || : bool -> bool -> bool
* + - / asr land lor lsl lsr lxor mod : int -> int -> int
** *. +. -. /. mod_float : float -> float -> float
:= : 'a ref -> 'a -> unit
@ : 'a list -> 'a list -> 'a list
@@ : ('a -> 'b) -> 'a -> 'b
^ : string -> string -> string
abs lnot pred succ ~+ ~- : int -> int
abs_float ceil cos exp floor log log10 sin sqrt tan ~+. ~-. : float -> float
bool_of_string : string -> bool
bool_of_string_opt : string -> bool option
char_of_int : int -> char
close_in : in_channel -> unit
close_out : out_channel -> unit
compare : 'a -> 'a -> int
decr incr : int ref -> unit
epsilon_float infinity max_float min_float nan neg_infinity : float
exit : int -> 'a
failwith invalid_arg : string -> 'a
float float_of_int : int -> float
float_of_string : string -> float
float_of_string_opt : string -> float option
fst : 'a * 'b -> 'a
ignore : 'a -> unit
input_line : in_channel -> string
int_of_char : char -> int
int_of_float truncate : float -> int
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
[List]
append rev_append : 'a list -> 'a list -> 'a list
assoc assq : 'a -> ('a * 'b) list -> 'b
assoc_opt assq_opt : 'a -> ('a * 'b) list -> 'b option
combine : 'a list -> 'b list -> ('a * 'b) list
compare : ('a -> 'a -> int) -> 'a list -> 'a list -> int
compare_length_with : 'a list -> int -> int
compare_lengths : 'a list -> 'b list -> int
concat flatten : 'a list list -> 'a list
concat_map : ('a -> 'b list) -> 'a list -> 'b list
cons : 'a -> 'a list -> 'a list
equal : ('a -> 'a -> bool) -> 'a list -> 'a list -> bool
exists for_all : ('a -> bool) -> 'a list -> bool
exists2 for_all2 : ('a -> 'b -> bool) -> 'a list -> 'b list -> bool
filter find_all : ('a -> bool) -> 'a list -> 'a list
filter_map : ('a -> 'b option) -> 'a list -> 'b list
filteri : (int -> 'a -> bool) -> 'a list -> 'a list
find : ('a -> bool) -> 'a list -> 'a
find_map : ('a -> 'b option) -> 'a list -> 'b option
find_opt : ('a -> bool) -> 'a list -> 'a option
fold_left : ('a -> 'b -> 'a) -> 'a -> 'b list -> 'a
fold_left2 : ('a -> 'b -> 'c -> 'a) -> 'a -> 'b list -> 'c list -> 'a
fold_left_map : ('a -> 'b -> 'a * 'c) -> 'a -> 'b list -> 'a * 'c list
fold_right : ('a -> 'b -> 'b) -> 'a list -> 'b -> 'b
fold_right2 : ('a -> 'b -> 'c -> 'c) -> 'a list -> 'b list -> 'c -> 'c
hd : 'a list -> 'a
init : int -> (int -> 'a) -> 'a list
iter : ('a -> unit) -> 'a list -> unit
iter2 : ('a -> 'b -> unit) -> 'a list -> 'b list -> unit
iteri : (int -> 'a -> unit) -> 'a list -> unit
length : 'a list -> int
map rev_map : ('a -> 'b) -> 'a list -> 'b list
map2 rev_map2 : ('a -> 'b -> 'c) -> 'a list -> 'b list -> 'c list
mapi : (int -> 'a -> 'b) -> 'a list -> 'b list
mem memq : 'a -> 'a list -> bool
mem_assoc mem_assq : 'a -> ('a * 'b) list -> bool
merge : ('a -> 'a -> int) -> 'a list -> 'a list -> 'a list
nth : 'a list -> int -> 'a
nth_opt : 'a list -> int -> 'a option
of_seq : 'a Seq.t -> 'a list
partition : ('a -> bool) -> 'a list -> 'a list * 'a list
partition_map : ('a -> ('b, 'c) Either.t) -> 'a list -> 'b list * 'c list
remove_assoc remove_assq : 'a -> ('a * 'b) list -> ('a * 'b) list
rev tl : 'a list -> 'a list
sort sort_uniq stable_sort : ('a -> 'a -> int) -> 'a list -> 'a list
split : ('a * 'b) list -> 'a list * 'b list
to_seq : 'a list -> 'a Seq.t
[ListLabels]
append rev_append : 'a list -> 'a list -> 'a list
assoc assq : 'a -> ('a * 'b) list -> 'b
assoc_opt assq_opt : 'a -> ('a * 'b) list -> 'b option
combine : 'a list -> 'b list -> ('a * 'b) list
compare : cmp:('a -> 'a -> int) -> 'a list -> 'a list -> int
compare_length_with : 'a list -> len:int -> int
compare_lengths : 'a list -> 'b list -> int
concat flatten : 'a list list -> 'a list
concat_map : f:('a -> 'b list) -> 'a list -> 'b list
cons : 'a -> 'a list -> 'a list
equal : eq:('a -> 'a -> bool) -> 'a list -> 'a list -> bool
exists for_all : f:('a -> bool) -> 'a list -> bool
exists2 for_all2 : f:('a -> 'b -> bool) -> 'a list -> 'b list -> bool
filter find_all : f:('a -> bool) -> 'a list -> 'a list
filter_map : f:('a -> 'b option) -> 'a list -> 'b list
filteri : f:(int -> 'a -> bool) -> 'a list -> 'a list
find : f:('a -> bool) -> 'a list -> 'a
find_map : f:('a -> 'b option) -> 'a list -> 'b option
find_opt : f:('a -> bool) -> 'a list -> 'a option
fold_left : f:('a -> 'b -> 'a) -> init:'a -> 'b list -> 'a
fold_left2 : f:('a -> 'b -> 'c -> 'a) -> init:'a -> 'b list -> 'c list -> 'a
fold_left_map : f:('a -> 'b -> 'a * 'c) -> init:'a -> 'b list -> 'a * 'c list
fold_right : f:('a -> 'b -> 'b) -> 'a list -> init:'b -> 'b
fold_right2 : f:('a -> 'b -> 'c -> 'c) -> 'a list -> 'b list -> init:'c -> 'c
hd : 'a list -> 'a
init : len:int -> f:(int -> 'a) -> 'a list
iter : f:('a -> unit) -> 'a list -> unit
iter2 : f:('a -> 'b -> unit) -> 'a list -> 'b list -> unit
iteri : f:(int -> 'a -> unit) -> 'a list -> unit
length : 'a list -> int
map rev_map : f:('a -> 'b) -> 'a list -> 'b list
map2 rev_map2 : f:('a -> 'b -> 'c) -> 'a list -> 'b list -> 'c list
mapi : f:(int -> 'a -> 'b) -> 'a list -> 'b list
mem memq : 'a -> set:'a list -> bool
mem_assoc mem_assq : 'a -> map:('a * 'b) list -> bool
merge : cmp:('a -> 'a -> int) -> 'a list -> 'a list -> 'a list
nth : 'a list -> int -> 'a
nth_opt : 'a list -> int -> 'a option
of_seq : 'a Seq.t -> 'a list
partition : f:('a -> bool) -> 'a list -> 'a list * 'a list
partition_map : f:('a -> ('b, 'c) Either.t) -> 'a list -> 'b list * 'c list
remove_assoc remove_assq : 'a -> ('a * 'b) list -> ('a * 'b) list
rev tl : 'a list -> 'a list
sort sort_uniq stable_sort : cmp:('a -> 'a -> int) -> 'a list -> 'a list
split : ('a * 'b) list -> 'a list * 'b list
to_seq : 'a list -> 'a Seq.t
[String]
capitalize capitalize_ascii escaped lowercase lowercase_ascii trim uncapitalize uncapitalize_ascii : string -> string
uppercase uppercase_ascii : string -> string
cat : string -> string -> string
compare : String.t -> String.t -> int
concat : string -> string list -> string
contains : string -> char -> bool
empty : string
ends_with : suffix:string -> string -> bool
equal : String.t -> String.t -> bool
exists for_all : (char -> bool) -> string -> bool
fold_left : ('a -> char -> 'a) -> 'a -> string -> 'a
fold_right : (char -> 'a -> 'a) -> string -> 'a -> 'a
get : string -> int -> char
index rindex : string -> char -> int
index_from : string -> int -> char -> int
index_from_opt : string -> int -> char -> int option
index_opt rindex_opt : string -> char -> int option
init : int -> (int -> char) -> string
iter : (char -> unit) -> string -> unit
iteri : (int -> char -> unit) -> string -> unit
length : string -> int
make : int -> char -> string
map : (char -> char) -> string -> string
mapi : (int -> char -> char) -> string -> string
of_seq : char Seq.t -> String.t
split_on_char : char -> string -> string list
starts_with : prefix:string -> string -> bool
sub : string -> int -> int -> string
to_seq : String.t -> char Seq.t
[StringLabels]
capitalize capitalize_ascii escaped lowercase lowercase_ascii trim uncapitalize uncapitalize_ascii : string -> string
uppercase uppercase_ascii : string -> string
cat : string -> string -> string
compare : StringLabels.t -> StringLabels.t -> int
concat : sep:string -> string list -> string
contains : string -> char -> bool
empty : string
ends_with : suffix:string -> string -> bool
equal : StringLabels.t -> StringLabels.t -> bool
exists for_all : f:(char -> bool) -> string -> bool
fold_left : f:('a -> char -> 'a) -> init:'a -> string -> 'a
fold_right : f:(char -> 'a -> 'a) -> string -> init:'a -> 'a
get : string -> int -> char
index rindex : string -> char -> int
index_from : string -> int -> char -> int
index_from_opt : string -> int -> char -> int option
index_opt rindex_opt : string -> char -> int option
init : int -> f:(int -> char) -> string
iter : f:(char -> unit) -> string -> unit
iteri : f:(int -> char -> unit) -> string -> unit
length : string -> int
make : int -> char -> string
map : f:(char -> char) -> string -> string
mapi : f:(int -> char -> char) -> string -> string
of_seq : char Seq.t -> StringLabels.t
split_on_char : sep:char -> string -> string list
starts_with : prefix:string -> string -> bool
sub : string -> pos:int -> len:int -> string
to_seq : StringLabels.t -> char Seq.t
[Seq]
append : 'a Seq.t -> 'a Seq.t -> 'a Seq.t
concat_map flat_map : ('a -> 'b Seq.t) -> 'a Seq.t -> 'b Seq.t
cons : 'a -> 'a Seq.t -> 'a Seq.t
empty : 'a Seq.t
filter : ('a -> bool) -> 'a Seq.t -> 'a Seq.t
filter_map : ('a -> 'b option) -> 'a Seq.t -> 'b Seq.t
fold_left : ('a -> 'b -> 'a) -> 'a -> 'b Seq.t -> 'a
iter : ('a -> unit) -> 'a Seq.t -> unit
map : ('a -> 'b) -> 'a Seq.t -> 'b Seq.t
return : 'a -> 'a Seq.t
[Bool]
compare : bool -> bool -> int
equal : bool -> bool -> bool
not : bool -> bool
to_int : bool -> int
to_string : bool -> string
[Float]
abs ceil exp floor log log10 sqrt : float -> float
add div mul pow sub : float -> float -> float
compare : Float.t -> Float.t -> int
equal : Float.t -> Float.t -> bool
of_int : int -> float
of_string : string -> float
of_string_opt : string -> float option
to_int : float -> int
to_string : float -> string
[Either]
is_left is_right : ('a, 'b) Either.t -> bool
left : 'a -> ('a, 'b) Either.t
right : 'a -> ('b, 'a) Either.t
[Option]
bind : 'a option -> ('a -> 'b option) -> 'b option
compare : ('a -> 'a -> int) -> 'a option -> 'a option -> int
equal : ('a -> 'a -> bool) -> 'a option -> 'a option -> bool
fold : none:'a -> some:('b -> 'a) -> 'b option -> 'a
get : 'a option -> 'a
is_none is_some : 'a option -> bool
iter : ('a -> unit) -> 'a option -> unit
join : 'a option option -> 'a option
map : ('a -> 'b) -> 'a option -> 'b option
none : 'a option
some : 'a -> 'a option
to_list : 'a option -> 'a list
to_result : none:'a -> 'b option -> ('b, 'a) result
value : 'a option -> default:'a -> 'a
[Result]
bind : ('a, 'b) result -> ('a -> ('c, 'b) result) -> ('c, 'b) result
compare : ok:('a -> 'a -> int) -> error:('b -> 'b -> int) -> ('a, 'b) result -> ('a, 'b) result -> int
equal : ok:('a -> 'a -> bool) -> error:('b -> 'b -> bool) -> ('a, 'b) result -> ('a, 'b) result -> bool
error : 'a -> ('b, 'a) result
fold : ok:('a -> 'b) -> error:('c -> 'b) -> ('a, 'c) result -> 'b
get_error : ('a, 'b) result -> 'b
get_ok : ('a, 'b) result -> 'a
is_error is_ok : ('a, 'b) result -> bool
iter : ('a -> unit) -> ('a, 'b) result -> unit
iter_error : ('a -> unit) -> ('b, 'a) result -> unit
join : (('a, 'b) result, 'b) result -> ('a, 'b) result
map : ('a -> 'b) -> ('a, 'c) result -> ('b, 'c) result
map_error : ('a -> 'b) -> ('c, 'a) result -> ('c, 'b) result
ok : 'a -> ('a, 'b) result
to_list : ('a, 'b) result -> 'a list
to_option : ('a, 'b) result -> 'a option
value : ('a, 'b) result -> default:'a -> 'a
[Fun]
const : 'a -> 'b -> 'a
flip : ('a -> 'b -> 'c) -> 'b -> 'a -> 'c
id : 'a -> 'a
negate : ('a -> bool) -> 'a -> bool
protect : finally:(unit -> unit) -> (unit -> 'a) -> 'a
[Lazy]
force : 'a Lazy.t -> 'a
from_fun : (unit -> 'a) -> 'a Lazy.t
from_val : 'a -> 'a Lazy.t
map : ('a -> 'b) -> 'a Lazy.t -> 'b Lazy.t
[Int]
abs lognot neg pred succ : int -> int
add compare div logand logor logxor max min mul rem shift_left shift_right shift_right_logical sub : int -> int -> int
equal : int -> int -> bool
max_int min_int minus_one one zero : int
of_float : float -> int
to_float : int -> float
to_string : int -> string
[Char]
chr : int -> char
code : char -> int
compare : Char.t -> Char.t -> int
equal : Char.t -> Char.t -> bool
escaped : char -> string
lowercase_ascii uppercase_ascii : char -> char
[Int64]
abs lognot neg pred succ : int64 -> int64
add div logand logor logxor mul rem sub : int64 -> int64 -> int64
compare : Int64.t -> Int64.t -> int
equal : Int64.t -> Int64.t -> bool
max min : Int64.t -> Int64.t -> Int64.t
max_int min_int minus_one one zero : int64
of_int : int -> int64
of_string : string -> int64
of_string_opt : string -> int64 option
shift_left shift_right shift_right_logical : int64 -> int -> int64
to_float : int64 -> float
to_int : int64 -> int
to_string : int64 -> string
[Printf]
eprintf printf : ('a, out_channel, unit) format -> 'a
kprintf ksprintf : (string -> 'a) -> ('b, unit, string, 'a) format4 -> 'b
sprintf : ('a, unit, string) format -> 'a
[Format]
asprintf : ('a, Format.formatter, unit, string) format4 -> 'a
eprintf printf : ('a, Format.formatter, unit) format -> 'a
fprintf : Format.formatter -> ('a, Format.formatter, unit) format -> 'a
kasprintf : (string -> 'a) -> ('b, Format.formatter, unit, 'a) format4 -> 'b
pp_close_box pp_force_newline pp_open_hbox pp_print_cut pp_print_flush pp_print_newline : Format.formatter -> unit -> unit
pp_print_space : Format.formatter -> unit -> unit
pp_open_box pp_open_hovbox pp_open_hvbox pp_open_vbox pp_print_int : Format.formatter -> int -> unit
pp_print_bool : Format.formatter -> bool -> unit
pp_print_break : Format.formatter -> int -> int -> unit
pp_print_char : Format.formatter -> char -> unit
pp_print_float : Format.formatter -> float -> unit
pp_print_list : ?pp_sep:unit Fmt.t -> 'a Fmt.t -> 'a list Fmt.t
pp_print_option : ?none:unit Fmt.t -> 'a Fmt.t -> 'a option Fmt.t
pp_print_string pp_print_text : Format.formatter -> string -> unit
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
box hovbox hvbox vbox : ?indent:int -> 'a Fmt.t -> 'a Fmt.t
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
str strf : ('a, Format.formatter, unit, string) format4 -> 'a
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
"""Names of values with their types, after the name of their module."""
