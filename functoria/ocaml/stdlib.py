"""The part of OCaml's standard library that configurations use."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from functoria.location import Location
from functoria.ocaml.apply import Given, apply
from functoria.ocaml.builtin import module, raw
from functoria.ocaml.errors import mistyped
from functoria.ocaml.expected import (
    boolean,
    char_of,
    float_of,
    integer,
    or_none,
    order,
    pair_of,
    partial_order,
    ref_of,
    set_ref,
    text_of,
    writable,
)
from functoria.ocaml.library_types import type_text
from functoria.ocaml.lists import append, lists
from functoria.ocaml.ml_types import Arrow
from functoria.ocaml.more_lists import more_lists, sequences
from functoria.ocaml.more_strings import more_strings
from functoria.ocaml.numbers import (
    ARITHMETIC,
    SHIFTS,
    adding,
    int64s,
    int_of_string,
    ordering,
    string_of_float,
    whole,
    wrapped,
)
from functoria.ocaml.opaque import Pending, not_done, opaque
from functoria.ocaml.printing import format_module, printf
from functoria.ocaml.results import BINDS, OPTIONS, RESULTS, RRESULT
from functoria.ocaml.scope import Made, Names
from functoria.ocaml.small_modules import (
    BOOLS,
    CHARS,
    EITHER,
    FUNCTIONS,
    LAZY,
    char_numbered,
    float_module,
    floats,
    ints,
)
from functoria.ocaml.state import kept
from functoria.ocaml.strings import bool_of_string, bool_of_string_opt, strings
from functoria.ocaml.system import FILENAMES, system
from functoria.ocaml.told import Told, joined
from functoria.ocaml.values import (
    Construct,
    Function,
    Parameter,
    Raised,
    Ref,
    failure,
    invalid,
    named,
)
from functoria.ocaml.world import Surroundings
from functoria.ocaml.written_types import written


def _raise(value: Any, at: Location) -> Any:
    if not isinstance(value, Construct):
        raise mistyped(at, f"raise takes an exception, not {named(value)}", objects=[value])
    raise Raised(value, at)


def _failwith(value: Any, at: Location) -> Any:
    raised = failure(text_of(value, at))
    raised.at = at
    raise raised


def _invalid_arg(value: Any, at: Location) -> Any:
    raised = invalid(text_of(value, at))
    raised.at = at
    raise raised


def _min(a: Any, b: Any, at: Location) -> Any:
    found = partial_order(a, b, at)
    return a if found is not None and found <= 0 else b


def _max(a: Any, b: Any, at: Location) -> Any:
    found = partial_order(a, b, at)
    return a if found is not None and found >= 0 else b


def _ref(value: Any, at: Location) -> Ref:
    held = [value]
    return Ref(held, *kept(held))


def _is(one: Any, two: Any) -> bool:
    """Whether two values are identical: OCaml's integers and constant constructors are if they are equal."""
    if isinstance(one, Told) or isinstance(two, Told):
        Told(()).looked()
    return one is two or (isinstance(one, (int, Construct)) and bool(one == two))


def _apply_to(function: Any, value: Any, at: Location) -> Any:
    return apply(function, [Given(value)], at)


def _given_to(value: Any, function: Any, at: Location) -> Any:
    return apply(function, [Given(value)], at)


def pervasives(world: Surroundings) -> Names:
    """Return the names that are visible in every file."""
    table: dict[str, Any] = dict(
        [
            *(whole(sign, operate) for sign, _, operate in (*ARITHMETIC, *SHIFTS)),
            ordering("=", lambda sign: sign == 0),
            ordering("<>", lambda sign: sign != 0),
            ordering("<", lambda sign: sign < 0),
            ordering(">", lambda sign: sign > 0),
            ordering("<=", lambda sign: sign <= 0),
            ordering(">=", lambda sign: sign >= 0),
        ]
    )
    for name, operate in (("+.", float.__add__), ("-.", float.__sub__), ("*.", float.__mul__)):
        table[name] = raw(name, ". .", lambda a, b, at, operate=operate: operate(float_of(a, at), float_of(b, at)))
    table |= floats() | {
        "&&": raw("&&", ". .", lambda a, b, at: boolean(a, at) and boolean(b, at)),
        "||": raw("||", ". .", lambda a, b, at: boolean(a, at) or boolean(b, at)),
        "lnot": raw("lnot", ".", lambda a, at: ~integer(a, at)),
        "bool_of_string_opt": raw("bool_of_string_opt", ".", bool_of_string_opt),
        "==": raw("==", ". .", lambda a, b, at: _is(a, b)),
        "!=": raw("!=", ". .", lambda a, b, at: not _is(a, b)),
        "compare": raw("compare", ". .", order),
        "min": raw("min", ". .", _min),
        "max": raw("max", ". .", _max),
        "~-": raw("~-", ".", lambda a, at: wrapped(-integer(a, at)) if type(a) is int else -float_of(a, at)),
        "~+": raw("~+", ".", lambda a, at: a),
        "~-.": raw("~-.", ".", lambda a, at: -float_of(a, at)),
        "~+.": raw("~+.", ".", float_of),
        "abs": raw("abs", ".", lambda a, at: wrapped(abs(integer(a, at)))),
        "succ": raw("succ", ".", lambda a, at: wrapped(integer(a, at) + 1)),
        "pred": raw("pred", ".", lambda a, at: wrapped(integer(a, at) - 1)),
        "max_int": 2**62 - 1,
        "infinity": float("inf"),
        "neg_infinity": float("-inf"),
        "nan": float("nan"),
        "epsilon_float": sys.float_info.epsilon,
        "max_float": sys.float_info.max,
        "min_float": sys.float_info.min,
        "min_int": -(2**62),
        "^": raw("^", ". .", lambda a, b, at: joined((writable(a, at), writable(b, at)))),
        "@": raw("@", ". .", append),
        "@@": raw("@@", ". .", _apply_to, partly=_apply_to, applies=True),
        "|>": raw("|>", ". .", _given_to, partly=_given_to, applies=True),
        "ignore": raw("ignore", ".", lambda a, at: ()),
        "not": raw("not", ".", lambda a, at: not boolean(a, at)),
        "fst": raw("fst", ".", lambda pair, at: pair_of(pair, at)[0]),
        "snd": raw("snd", ".", lambda pair, at: pair_of(pair, at)[1]),
        "ref": raw("ref", ".", _ref),
        "!": raw("!", ".", lambda ref, at: ref_of(ref, at).held[0]),
        ":=": raw(":=", ". .", set_ref, pure=False),
        "incr": raw("incr", ".", adding(1), pure=False),
        "decr": raw("decr", ".", adding(-1), pure=False),
        "raise": raw("raise", ".", _raise),
        "raise_notrace": raw("raise_notrace", ".", _raise),
        "failwith": raw("failwith", ".", _failwith),
        "invalid_arg": raw("invalid_arg", ".", _invalid_arg),
        "string_of_int": raw("string_of_int", ".", lambda a, at: str(integer(a, at))),
        "string_of_bool": raw("string_of_bool", ".", lambda a, at: "true" if boolean(a, at) else "false"),
        "string_of_float": raw("string_of_float", ".", string_of_float),
        "int_of_string": raw("int_of_string", ".", int_of_string),
        "int_of_string_opt": raw("int_of_string_opt", ".", or_none(int_of_string)),
        "bool_of_string": raw("bool_of_string", ".", bool_of_string),
        "float_of_int": raw("float_of_int", ".", lambda a, at: float(integer(a, at))),
        "int_of_char": raw("int_of_char", ".", lambda c, at: ord(char_of(c, at))),
        "char_of_int": raw("char_of_int", ".", lambda n, at: char_numbered(n, at, "char_of_int")),
        "__FILE__": world.file,
        "__MODULE__": "Config",
        "__POS__": Pending(lambda at: (at.file, at.line, 0, 0)),
        "__LINE__": Pending(lambda at: at.line),
        "__LOC__": Pending(lambda at: f'File "{at.file}", line {at.line}'),
    }
    for name in ("print_string", "print_endline", "prerr_endline", "prerr_string", "print_newline", "print_int"):
        table[name] = raw(name, ".", lambda text, at: ())
    for name in ("open_in", "open_out", "input_line", "output_string", "close_in", "close_out", "exit", "stdout"):
        table[name] = not_done(name)
    names = module("Stdlib", table)
    names.constructors = {
        name: Made(name, takes, rank=int(name == "Error"))  # the second constructor of its type
        for takes, group in ((True, _WITH), (False, _WITHOUT))
        for name in group.split()
    }
    names.modules = modules(world)
    names.modules["Stdlib"] = names
    return names


_WITH = "Some Ok Error Failure Invalid_argument Sys_error"


_WITHOUT = "None Not_found Exit End_of_file Division_by_zero Match_failure Assert_failure Stack_overflow"


class _Labelled(Mapping[str, Any]):
    """Another module's values with labelled arguments, each made when it is looked up."""

    def __init__(self, title: str, table: Mapping[str, Any]) -> None:
        self.title = title
        self.table = table

    def __iter__(self) -> Iterator[str]:
        return iter(self.table)

    def __len__(self) -> int:
        return len(self.table)

    def __getitem__(self, name: str) -> Any:
        value = self.table[name]
        text = type_text(self.title, name)
        if text is None or not isinstance(value, Function):
            return value
        taken: list[Parameter] = []
        type = written(text)
        while isinstance(type, Arrow) and len(taken) < len(value.parameters):
            taken.append(Parameter(type.label, type.optional))
            type = type.gives
        return Function(tuple(taken), value.call, value.same, f"{self.title}.{name}")


def modules(world: Surroundings) -> dict[str, Names]:
    """Return the modules of the standard library by name."""
    in_lists, in_strings = lists(world) | more_lists(), strings(world) | more_strings()
    either = module("Either", EITHER)
    either.constructors = {name: Made(name, True, rank=rank) for rank, name in enumerate(("Left", "Right"))}
    return {
        "List": module("List", in_lists),
        "ListLabels": module("ListLabels", _Labelled("ListLabels", in_lists)),
        "String": module("String", in_strings),
        "StringLabels": module("StringLabels", _Labelled("StringLabels", in_strings)),
        "Seq": module("Seq", sequences(world)),
        "Bool": module("Bool", BOOLS),
        "Float": module("Float", float_module()),
        "Either": either,
        "Option": module("Option", OPTIONS),
        "Result": module("Result", RESULTS),
        "Fun": module("Fun", FUNCTIONS),
        "Lazy": module("Lazy", LAZY),
        "Int": module("Int", ints()),
        "Char": module("Char", CHARS),
        "Int64": module("Int64", int64s()),
        "Printf": module("Printf", printf()),
        "Format": module("Format", format_module()),
        "Sys": module("Sys", system(world)),
        "Filename": module("Filename", FILENAMES),
        "Unix": opaque("Unix"),
        "Bytes": opaque("Bytes"),
        "Bos": module("Bos", {}, OS=opaque("Bos.OS", {}, **_bos()), Cmd=opaque("Bos.Cmd")),
        "Rresult": module("Rresult", BINDS, R=opaque("R", RRESULT)),
        "R": opaque("R", RRESULT),
    }


def _bos() -> dict[str, Names]:
    return {name: opaque(f"Bos.OS.{name}") for name in ("Cmd", "File", "Dir", "Path", "Env")}
