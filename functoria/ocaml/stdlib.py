"""What configurations use of OCaml's standard library."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from attrs import define, field

from functoria.location import Location
from functoria.ocaml.apply import Budget, Given, apply
from functoria.ocaml.builtin import module, raw
from functoria.ocaml.errors import mistyped, refused
from functoria.ocaml.evaluate import Pending
from functoria.ocaml.formats import force, formatted
from functoria.ocaml.scope import Made, Names
from functoria.ocaml.values import (
    NIL,
    NONE,
    Buffer,
    Char,
    Construct,
    Int64,
    List,
    Parsed,
    Raised,
    Ref,
    Wrapped,
    compared,
    cons,
    error,
    failure,
    invalid,
    list_of,
    named,
    ok,
    some,
)

_BITS = 63


@define
class Surroundings:
    """What an evaluation sees of the world: the file's directory and name, and the environment."""

    directory: str
    file: str
    environment: Mapping[str, str]
    budget: Budget = field(factory=Budget)


def wrapped(number: int, bits: int = _BITS) -> int:
    """`number` as it overflows."""
    half = 1 << (bits - 1)
    return (number + half) % (1 << bits) - half


def _integer(value: Any, at: Location) -> int:
    if type(value) is not int:
        raise mistyped(at, f"this is {named(value)}, but an integer is expected", objects=[value])
    return value


def text_of(value: Any, at: Location) -> str:
    """`value` itself, if it is a text; else TypeMismatch."""
    if not isinstance(value, str):
        raise mistyped(at, f"this is {named(value)}, but a text is expected", objects=[value])
    return value


def of_kind(value: Any, kind: str, what: str, at: Location) -> Wrapped:
    """Return `value` if it wraps one of this kind; raise TypeMismatch, which says that `what` is expected, if not."""
    if not isinstance(value, Wrapped) or value.kind != kind:
        raise mistyped(at, f"this is {named(value)}, but {what} is expected", objects=[value])
    return value


def list_in(value: Any, at: Location) -> List:
    """`value` itself, if it is a list; else TypeMismatch."""
    if not isinstance(value, List):
        raise mistyped(at, f"this is {named(value)}, but a list is expected", objects=[value])
    return value


def _float(value: Any, at: Location) -> float:
    if type(value) is not float:
        raise mistyped(at, f"this is {named(value)}, but a float is expected", objects=[value])
    return value


def _boolean(value: Any, at: Location) -> bool:
    if type(value) is not bool:
        raise mistyped(at, f"this is {named(value)}, but a boolean is expected", objects=[value])
    return value


def _ref(value: Any, at: Location) -> Ref:
    if not isinstance(value, Ref):
        raise mistyped(at, f"this is {named(value)}, but a reference is expected", objects=[value])
    return value


def _whole(name: str, operate: Callable[[int, int], int]) -> tuple[str, Any]:
    def run(one: Any, two: Any, at: Location) -> int:
        a, b = _integer(one, at), _integer(two, at)
        try:
            return wrapped(operate(a, b))
        except ZeroDivisionError:
            raise Raised(Construct("Division_by_zero"), at) from None

    return name, raw(name, ". .", run)


def _truncated(a: int, b: int) -> int:
    quotient = abs(a) // abs(b)
    return quotient if (a < 0) == (b < 0) else -quotient


def _remainder(a: int, b: int) -> int:
    return a - b * _truncated(a, b)


def _ordering(name: str, holds: Callable[[int], bool]) -> tuple[str, Any]:
    return name, raw(name, ". .", lambda a, b, at: holds(_compared(a, b, at)))


def _compared(a: Any, b: Any, at: Location) -> int:
    try:
        return compared(a, b)
    except Raised as raised:
        raised.at = at
        raise
    except Exception as problem:
        raise mistyped(at, str(getattr(problem, "message", problem))) from None


def _raise(value: Any, at: Location) -> Any:
    if not isinstance(value, Construct):
        raise mistyped(at, f"raise raises an exception, and not {named(value)}", objects=[value])
    raise Raised(value, at)


def _failwith(value: Any, at: Location) -> Any:
    raised = failure(text_of(value, at))
    raised.at = at
    raise raised


def _invalid_arg(value: Any, at: Location) -> Any:
    raised = invalid(text_of(value, at))
    raised.at = at
    raise raised


def _set(ref: Any, value: Any, at: Location) -> tuple[()]:
    _ref(ref, at).held[0] = value
    return ()


def _add(step: int) -> Callable[[Any, Location], tuple[()]]:
    def run(ref: Any, at: Location) -> tuple[()]:
        held = _ref(ref, at).held
        held[0] = wrapped(_integer(held[0], at) + step)
        return ()

    return run


def _int_of_string(text: Any, at: Location) -> int:
    from functoria.ocaml.literals import number

    try:
        found = number(text_of(text, at).strip() if text.strip() == text else "x")
    except ValueError:
        found = None
    if type(found) is not int:
        raised = failure("int_of_string")
        raised.at = at
        raise raised
    return found


def pervasives(world: Surroundings) -> Names:
    """The names that every file sees."""
    budget = world.budget

    def join(one: Any, two: Any, at: Location) -> str:
        a, b = text_of(one, at), text_of(two, at)
        budget.spend(at, (len(a) + len(b)) // 100)
        return a + b

    def append(one: Any, two: Any, at: Location) -> List:
        items = list(list_in(one, at))
        budget.spend(at, len(items) // 10)
        return list_of(items, list_in(two, at))

    def string_of_float(value: Any, at: Location) -> str:
        text = f"{_float(value, at):.12g}"
        return text if any(char in text for char in ".einf") else text + "."

    table: dict[str, Any] = dict(
        [
            _whole("+", lambda a, b: a + b),
            _whole("-", lambda a, b: a - b),
            _whole("*", lambda a, b: a * b),
            _whole("/", _truncated),
            _whole("mod", _remainder),
            _whole("land", lambda a, b: a & b),
            _whole("lor", lambda a, b: a | b),
            _whole("lxor", lambda a, b: a ^ b),
            _whole("lsl", lambda a, b: a << min(b, 64) if b >= 0 else 0),
            _whole("asr", lambda a, b: a >> b if b >= 0 else 0),
            _whole("lsr", lambda a, b: (a % (1 << _BITS)) >> b if b >= 0 else 0),
            _ordering("=", lambda sign: sign == 0),
            _ordering("<>", lambda sign: sign != 0),
            _ordering("<", lambda sign: sign < 0),
            _ordering(">", lambda sign: sign > 0),
            _ordering("<=", lambda sign: sign <= 0),
            _ordering(">=", lambda sign: sign >= 0),
        ]
    )
    for name, operate in (("+.", float.__add__), ("-.", float.__sub__), ("*.", float.__mul__)):
        table[name] = raw(name, ". .", lambda a, b, at, operate=operate: operate(_float(a, at), _float(b, at)))
    table |= {
        "==": raw("==", ". .", lambda a, b, at: a is b or (isinstance(a, (int, Construct)) and a == b)),
        "!=": raw("!=", ". .", lambda a, b, at: not (a is b or (isinstance(a, (int, Construct)) and a == b))),
        "compare": raw("compare", ". .", _compared),
        "min": raw("min", ". .", lambda a, b, at: a if _compared(a, b, at) <= 0 else b),
        "max": raw("max", ". .", lambda a, b, at: a if _compared(a, b, at) >= 0 else b),
        "~-": raw("~-", ".", lambda a, at: wrapped(-_integer(a, at)) if type(a) is int else -_float(a, at)),
        "~+": raw("~+", ".", lambda a, at: a),
        "abs": raw("abs", ".", lambda a, at: abs(_integer(a, at))),
        "succ": raw("succ", ".", lambda a, at: wrapped(_integer(a, at) + 1)),
        "pred": raw("pred", ".", lambda a, at: wrapped(_integer(a, at) - 1)),
        "max_int": 2**62 - 1,
        "min_int": -(2**62),
        "^": raw("^", ". .", join),
        "@": raw("@", ". .", append),
        "@@": raw("@@", ". .", lambda f, x, at: apply(f, [Given(x)], at)),
        "|>": raw("|>", ". .", lambda x, f, at: apply(f, [Given(x)], at)),
        "ignore": raw("ignore", ".", lambda a, at: ()),
        "not": raw("not", ".", lambda a, at: not _boolean(a, at)),
        "fst": raw("fst", ".", lambda pair, at: _pair(pair, at)[0]),
        "snd": raw("snd", ".", lambda pair, at: _pair(pair, at)[1]),
        "ref": raw("ref", ".", lambda a, at: Ref([a])),
        "!": raw("!", ".", lambda ref, at: _ref(ref, at).held[0]),
        ":=": raw(":=", ". .", _set),
        "incr": raw("incr", ".", _add(1)),
        "decr": raw("decr", ".", _add(-1)),
        "raise": raw("raise", ".", _raise),
        "raise_notrace": raw("raise_notrace", ".", _raise),
        "failwith": raw("failwith", ".", _failwith),
        "invalid_arg": raw("invalid_arg", ".", _invalid_arg),
        "string_of_int": raw("string_of_int", ".", lambda a, at: str(_integer(a, at))),
        "string_of_bool": raw("string_of_bool", ".", lambda a, at: "true" if _boolean(a, at) else "false"),
        "string_of_float": raw("string_of_float", ".", string_of_float),
        "int_of_string": raw("int_of_string", ".", _int_of_string),
        "int_of_string_opt": raw("int_of_string_opt", ".", _or_none(_int_of_string)),
        "bool_of_string": raw("bool_of_string", ".", _bool_of_string),
        "float_of_int": raw("float_of_int", ".", lambda a, at: float(_integer(a, at))),
        "int_of_char": raw("int_of_char", ".", lambda c, at: ord(_char(c, at))),
        "char_of_int": raw("char_of_int", ".", lambda n, at: Char(chr(_integer(n, at) & 127))),
        "__FILE__": world.file,
        "__MODULE__": "Config",
        "__POS__": Pending(lambda at: (at.file, at.line, 0, 0)),
        "__LINE__": Pending(lambda at: at.line),
        "__LOC__": Pending(lambda at: f'File "{at.file}", line {at.line}'),
    }
    for name in ("print_string", "print_endline", "prerr_endline", "prerr_string", "print_newline", "print_int"):
        table[name] = raw(name, ".", lambda text, at: ())
    for name in ("open_in", "open_out", "input_line", "output_string", "close_in", "close_out", "exit", "stdout"):
        table[name] = _not_done(name)
    names = module("Stdlib", table)
    names.constructors = {
        name: Made(name, takes) for takes, group in ((True, _WITH), (False, _WITHOUT)) for name in group.split()
    }
    names.modules = modules(world)
    names.modules["Stdlib"] = names
    return names


_WITH = "Some Ok Error Failure Invalid_argument Sys_error"
_WITHOUT = "None Not_found Exit End_of_file Division_by_zero Match_failure Assert_failure Stack_overflow"


def _not_done(name: str) -> Pending:
    """A value that does what reading a configuration does not: run commands, read or write files."""

    def refuse(at: Location) -> Any:
        raise refused(
            at, f"{name} reads or writes files or runs commands, which is not done when a configuration is read"
        )

    return Pending(refuse)


class _AnyConstructor(dict[str, Made]):
    """Constructors of a module that is not known here."""

    def get(self, name: str, default: Any = None) -> Any:
        """One of that name."""
        return Made(name, None)


def opaque(title: str, table: Mapping[str, Any] | None = None, **inside: Names) -> Names:
    """A module whose values, but for those in `table`, do what reading a configuration does not; any name is one."""
    known = dict(table or {})
    return Names(
        title,
        modules=dict(inside),
        constructors=_AnyConstructor(),
        library=lambda name: known.get(name) or _not_done(f"{title}.{name}"),
        opaque=True,
    )


def _pair(value: Any, at: Location) -> tuple[Any, Any]:
    if not isinstance(value, tuple) or len(value) != 2:
        raise mistyped(at, f"this is {named(value)}, but a pair is expected", objects=[value])
    return value


def _char(value: Any, at: Location) -> str:
    if not isinstance(value, Char):
        raise mistyped(at, f"this is {named(value)}, but a character is expected", objects=[value])
    return value.text


def _or_none(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*values: Any) -> Construct:
        try:
            return some(function(*values))
        except Raised:
            return NONE

    return run


def _bool_of_string(text: Any, at: Location) -> bool:
    if text_of(text, at) not in ("true", "false"):
        raised = invalid("bool_of_string")
        raised.at = at
        raise raised
    return bool(text == "true")


def modules(world: Surroundings) -> dict[str, Names]:
    """The modules of the standard library, by name."""
    formatting = format_functions()
    return {
        "List": module("List", _lists(world)),
        "ListLabels": module("ListLabels", _lists(world)),
        "String": module("String", _strings(world)),
        "StringLabels": module("StringLabels", _strings(world)),
        "Option": module("Option", _OPTIONS),
        "Result": module("Result", _RESULTS),
        "Fun": module("Fun", _FUNCTIONS),
        "Lazy": module("Lazy", {"force": raw("force", ".", lambda value, at: force(value))}),
        "Int": module("Int", {"to_string": raw("to_string", ".", lambda a, at: str(_integer(a, at)))}),
        "Char": module("Char", {"code": raw("code", ".", lambda c, at: ord(_char(c, at)))}),
        "Int64": module("Int64", _int64s()),
        "Printf": module("Printf", _printf()),
        "Format": module("Format", formatting),
        "Sys": module("Sys", _sys(world)),
        "Filename": module("Filename", _FILENAMES),
        "Unix": opaque("Unix"),
        "Bytes": opaque("Bytes"),
        "Bos": module("Bos", {}, OS=opaque("Bos.OS", {}, **_bos()), Cmd=opaque("Bos.Cmd")),
        "Rresult": module("Rresult", _BINDS, R=opaque("R", _RRESULT)),
        "R": opaque("R", _RRESULT),
    }


def _bos() -> dict[str, Names]:
    return {name: opaque(f"Bos.OS.{name}") for name in ("Cmd", "File", "Dir", "Path", "Env")}


def _lists(world: Surroundings) -> dict[str, Any]:
    budget = world.budget

    def items(value: Any, at: Location) -> list[Any]:
        found = list(list_in(value, at))
        budget.spend(at, len(found) // 10)
        return found

    def call(f: Any, *values: Any, at: Location) -> Any:
        budget.spend(at)
        return apply(f, [Given(value) for value in values], at)

    def map_(f: Any, value: Any, at: Location) -> List:
        return list_of([call(f, item, at=at) for item in items(value, at)])

    def map2(f: Any, one: Any, two: Any, at: Location) -> List:
        a, b = items(one, at), items(two, at)
        if len(a) != len(b):
            raise _at(invalid("List.map2"), at)
        return list_of([call(f, x, y, at=at) for x, y in zip(a, b, strict=True)])

    def fold_left(f: Any, start: Any, value: Any, at: Location) -> Any:
        for item in items(value, at):
            start = call(f, start, item, at=at)
        return start

    def fold_right(f: Any, value: Any, start: Any, at: Location) -> Any:
        for item in reversed(items(value, at)):
            start = call(f, item, start, at=at)
        return start

    def iter_(f: Any, value: Any, at: Location) -> tuple[()]:
        for item in items(value, at):
            call(f, item, at=at)
        return ()

    def filter_(f: Any, value: Any, at: Location) -> List:
        return list_of([item for item in items(value, at) if call(f, item, at=at) is True])

    def filter_map(f: Any, value: Any, at: Location) -> List:
        found = [call(f, item, at=at) for item in items(value, at)]
        return list_of([each.argument for each in found if isinstance(each, Construct) and each.applied])

    def find(f: Any, value: Any, at: Location) -> Any:
        for item in items(value, at):
            if call(f, item, at=at) is True:
                return item
        raise Raised(Construct("Not_found"), at)

    def assoc(key: Any, value: Any, at: Location) -> Any:
        for pair in items(value, at):
            name, held = _pair(pair, at)
            if _compared(name, key, at) == 0:
                return held
        raise Raised(Construct("Not_found"), at)

    def nth(value: Any, number: Any, at: Location) -> Any:
        found = items(value, at)
        if not 0 <= _integer(number, at) < len(found):
            raise _at(failure("nth"), at)
        return found[number]

    def head(value: Any, at: Location) -> Any:
        if list_in(value, at) is NIL:
            raise _at(failure("hd"), at)
        return value.head

    def tail(value: Any, at: Location) -> Any:
        if list_in(value, at) is NIL:
            raise _at(failure("tl"), at)
        return value.tail

    def concat(value: Any, at: Location) -> List:
        joined = [item for inner in items(value, at) for item in items(inner, at)]
        return list_of(joined)

    def init(count: Any, f: Any, at: Location) -> List:
        if _integer(count, at) > 100_000:
            raise refused(at, "a list of more than 100000 items is not made here")
        return list_of([call(f, number, at=at) for number in range(count)])

    def sort(f: Any, value: Any, at: Location) -> List:
        from functools import cmp_to_key

        return list_of(sorted(items(value, at), key=cmp_to_key(lambda a, b: call(f, a, b, at=at))))

    def sort_uniq(f: Any, value: Any, at: Location) -> List:
        found: list[Any] = []
        for item in sort(f, value, at):
            if not found or call(f, found[-1], item, at=at) != 0:
                found.append(item)
        return list_of(found)

    def partition(f: Any, value: Any, at: Location) -> tuple[List, List]:
        held = [(item, call(f, item, at=at) is True) for item in items(value, at)]
        return list_of([item for item, yes in held if yes]), list_of([item for item, yes in held if not yes])

    def split(value: Any, at: Location) -> tuple[List, List]:
        pairs = [_pair(pair, at) for pair in items(value, at)]
        return list_of([one for one, _ in pairs]), list_of([two for _, two in pairs])

    def combine(one: Any, two: Any, at: Location) -> List:
        a, b = items(one, at), items(two, at)
        if len(a) != len(b):
            raise _at(invalid("List.combine"), at)
        return list_of(list(zip(a, b, strict=True)))

    def mapi(f: Any, value: Any, at: Location) -> List:
        return list_of([call(f, number, item, at=at) for number, item in enumerate(items(value, at))])

    def append(one: Any, two: Any, at: Location) -> List:
        return list_of(items(one, at), list_in(two, at))

    return {
        "map": raw("List.map", ". .", map_),
        "mapi": raw("List.mapi", ". .", mapi),
        "map2": raw("List.map2", ". . .", map2),
        "iter": raw("List.iter", ". .", iter_),
        "rev": raw("List.rev", ".", lambda value, at: list_of(items(value, at)[::-1])),
        "length": raw("List.length", ".", lambda value, at: len(items(value, at))),
        "hd": raw("List.hd", ".", head),
        "tl": raw("List.tl", ".", tail),
        "nth": raw("List.nth", ". .", nth),
        "cons": raw("List.cons", ". .", lambda item, value, at: cons(item, list_in(value, at))),
        "append": raw("List.append", ". .", append),
        "concat": raw("List.concat", ".", concat),
        "flatten": raw("List.flatten", ".", concat),
        "concat_map": raw("List.concat_map", ". .", lambda f, value, at: concat(map_(f, value, at), at)),
        "filter": raw("List.filter", ". .", filter_),
        "find_all": raw("List.find_all", ". .", filter_),
        "filter_map": raw("List.filter_map", ". .", filter_map),
        "partition": raw("List.partition", ". .", partition),
        "find": raw("List.find", ". .", find),
        "find_opt": raw("List.find_opt", ". .", _or_none(find)),
        "fold_left": raw("List.fold_left", ". . .", fold_left),
        "fold_right": raw("List.fold_right", ". . .", fold_right),
        "mem": raw("List.mem", ". .", lambda key, v, at: any(_compared(key, each, at) == 0 for each in items(v, at))),
        "exists": raw(
            "List.exists", ". .", lambda f, v, at: any(call(f, each, at=at) is True for each in items(v, at))
        ),
        "for_all": raw(
            "List.for_all", ". .", lambda f, v, at: all(call(f, each, at=at) is True for each in items(v, at))
        ),
        "assoc": raw("List.assoc", ". .", assoc),
        "assoc_opt": raw("List.assoc_opt", ". .", _or_none(assoc)),
        "init": raw("List.init", ". .", init),
        "sort": raw("List.sort", ". .", sort),
        "sort_uniq": raw("List.sort_uniq", ". .", sort_uniq),
        "split": raw("List.split", ".", split),
        "combine": raw("List.combine", ". .", combine),
    }


def _at(raised: Raised, at: Location) -> Raised:
    raised.at = at
    return raised


def _strings(world: Surroundings) -> dict[str, Any]:
    def concat(separator: Any, value: Any, at: Location) -> str:
        texts = [text_of(each, at) for each in list_in(value, at)]
        found = text_of(separator, at).join(texts)
        world.budget.spend(at, len(found) // 100)
        return found

    def sub(text: Any, start: Any, length: Any, at: Location) -> str:
        held = text_of(text, at).encode()
        first, count = _integer(start, at), _integer(length, at)
        if first < 0 or count < 0 or first + count > len(held):
            raise _at(invalid("String.sub / Bytes.sub"), at)
        return held[first : first + count].decode("utf-8", "replace")

    def split(char: Any, text: Any, at: Location) -> List:
        return list_of(text_of(text, at).split(_char(char, at)))

    def map_(f: Any, text: Any, at: Location) -> str:
        return "".join(_char(apply(f, [Given(Char(char))], at), at) for char in text_of(text, at))

    def changed(change: Callable[[str], str]) -> Callable[[Any, Location], str]:
        return lambda text, at: _ascii(text_of(text, at), change)

    def index(text: Any, char: Any, at: Location) -> int:
        found = text_of(text, at).encode().find(_char(char, at).encode())
        if found < 0:
            raise Raised(Construct("Not_found"), at)
        return found

    def get(text: Any, number: Any, at: Location) -> Char:
        held = text_of(text, at)
        if not 0 <= _integer(number, at) < len(held):
            raise _at(invalid("index out of bounds"), at)
        return Char(held[number])

    def make(count: Any, char: Any, at: Location) -> str:
        if not 0 <= _integer(count, at) <= 100_000:
            raise _at(invalid("String.make"), at)
        return _char(char, at) * int(count)

    return {
        "concat": raw("String.concat", ". .", concat),
        "length": raw("String.length", ".", lambda text, at: len(text_of(text, at).encode())),
        "sub": raw("String.sub", ". . .", sub),
        "get": raw("String.get", ". .", get),
        "make": raw("String.make", ". .", make),
        "trim": raw("String.trim", ".", lambda text, at: text_of(text, at).strip(" \t\n\r\f")),
        "uppercase_ascii": raw("String.uppercase_ascii", ".", changed(str.upper)),
        "lowercase_ascii": raw("String.lowercase_ascii", ".", changed(str.lower)),
        "capitalize_ascii": raw("String.capitalize_ascii", ".", changed(lambda t: t[:1].upper() + t[1:])),
        "uncapitalize_ascii": raw("String.uncapitalize_ascii", ".", changed(lambda t: t[:1].lower() + t[1:])),
        "split_on_char": raw("String.split_on_char", ". .", split),
        "map": raw("String.map", ". .", map_),
        "index": raw("String.index", ". .", index),
        "index_opt": raw("String.index_opt", ". .", _or_none(index)),
        "contains": raw("String.contains", ". .", lambda text, char, at: _char(char, at) in text_of(text, at)),
        "equal": raw("String.equal", ". .", lambda a, b, at: text_of(a, at) == text_of(b, at)),
        "compare": raw("String.compare", ". .", _compared),
        "starts_with": raw("starts_with", "~prefix .", lambda p, t, at: text_of(t, at).startswith(text_of(p, at))),
        "ends_with": raw("ends_with", "~suffix .", lambda s, t, at: text_of(t, at).endswith(text_of(s, at))),
        "escaped": raw("String.escaped", ".", lambda text, at: _escaped(text_of(text, at))),
        "empty": "",
    }


def _escaped(text: str) -> str:
    from functoria.ocaml.formats import escaped

    return escaped(text)[1:-1]


def _ascii(text: str, change: Callable[[str], str]) -> str:
    return (
        "".join(new if ord(new) < 128 else old for old, new in zip(text, change(text), strict=False))
        if not text.isascii()
        else change(text)
    )


def _is_option(value: Any, at: Location) -> Construct:
    if not isinstance(value, Construct) or value.name not in ("None", "Some"):
        raise mistyped(at, f"this is {named(value)}, but an option is expected", objects=[value])
    return value


def _is_result(value: Any, at: Location) -> Construct:
    if isinstance(value, Parsed):
        return value.of("Ok")
    if not isinstance(value, Construct) or value.name not in ("Ok", "Error"):
        raise mistyped(at, f"this is {named(value)}, but a result is expected", objects=[value])
    return value


def _option_get(value: Any, at: Location) -> Any:
    if not _is_option(value, at).applied:
        raise _at(invalid("option is None"), at)
    return value.argument


_OPTIONS: dict[str, Any] = {
    "none": NONE,
    "some": raw("Option.some", ".", lambda value, at: some(value)),
    "get": raw("Option.get", ".", _option_get),
    "value": raw("Option.value", ". ~default", lambda v, d, at: v.argument if _is_option(v, at).applied else d),
    "map": raw(
        "Option.map",
        ". .",
        lambda f, v, at: some(apply(f, [Given(v.argument)], at)) if _is_option(v, at).applied else v,
    ),
    "bind": raw(
        "Option.bind", ". .", lambda v, f, at: apply(f, [Given(v.argument)], at) if _is_option(v, at).applied else v
    ),
    "iter": raw(
        "Option.iter", ". .", lambda f, v, at: apply(f, [Given(v.argument)], at) if _is_option(v, at).applied else ()
    ),
    "fold": raw(
        "Option.fold",
        "~none ~some .",
        lambda none, f, v, at: apply(f, [Given(v.argument)], at) if _is_option(v, at).applied else none,
    ),
    "is_none": raw("Option.is_none", ".", lambda v, at: not _is_option(v, at).applied),
    "is_some": raw("Option.is_some", ".", lambda v, at: _is_option(v, at).applied),
    "to_list": raw("Option.to_list", ".", lambda v, at: list_of([v.argument] if _is_option(v, at).applied else [])),
}


def _result_get(value: Any, at: Location) -> Any:
    if _is_result(value, at).name == "Error":
        raise _at(invalid("result is Error _"), at)
    return value.argument


_RESULTS: dict[str, Any] = {
    "ok": raw("Result.ok", ".", lambda value, at: ok(value)),
    "error": raw("Result.error", ".", lambda value, at: error(value)),
    "get_ok": raw("Result.get_ok", ".", _result_get),
    "is_ok": raw("Result.is_ok", ".", lambda v, at: _is_result(v, at).name == "Ok"),
    "value": raw(
        "Result.value",
        ". ~default",
        lambda v, d, at: _is_result(v, at).argument if _is_result(v, at).name == "Ok" else d,
    ),
    "map": raw(
        "Result.map",
        ". .",
        lambda f, v, at: ok(apply(f, [Given(_is_result(v, at).argument)], at)) if _is_result(v, at).name == "Ok" else v,
    ),
    "bind": raw(
        "Result.bind",
        ". .",
        lambda v, f, at: apply(f, [Given(_is_result(v, at).argument)], at) if _is_result(v, at).name == "Ok" else v,
    ),
    "to_option": raw(
        "Result.to_option", ".", lambda v, at: some(v.argument) if _is_result(v, at).name == "Ok" else NONE
    ),
}
_FUNCTIONS: dict[str, Any] = {
    "id": raw("Fun.id", ".", lambda value, at: value),
    "const": raw("Fun.const", ". .", lambda value, _, at: value),
    "flip": raw("Fun.flip", ". . .", lambda f, a, b, at: apply(f, [Given(b), Given(a)], at)),
}
_RRESULT_OWN: dict[str, Any] = {
    "ok": raw("R.ok", ".", lambda value, at: ok(value)),
    "error": raw("R.error", ".", lambda value, at: error(value)),
    "get_ok": raw("R.get_ok", ".", _result_get),
}
_BINDS: dict[str, Any] = {
    ">>=": raw(
        ">>=",
        ". .",
        lambda v, f, at: apply(f, [Given(_is_result(v, at).argument)], at) if _is_result(v, at).name == "Ok" else v,
    ),
    ">>|": raw(
        ">>|",
        ". .",
        lambda v, f, at: ok(apply(f, [Given(_is_result(v, at).argument)], at)) if _is_result(v, at).name == "Ok" else v,
    ),
}
_RRESULT = _RRESULT_OWN | _BINDS


@cache
def _int64s() -> dict[str, Any]:
    def number(value: Any, at: Location) -> int:
        if not isinstance(value, Int64):
            raise mistyped(at, f"this is {named(value)}, but an int64 is expected", objects=[value])
        return value.value

    def two(name: str, operate: Callable[[int, int], int]) -> tuple[str, Any]:
        def run(a: Any, b: Any, at: Location) -> Int64:
            try:
                return Int64(wrapped(operate(number(a, at), number(b, at)), 64))
            except ZeroDivisionError:
                raise Raised(Construct("Division_by_zero"), at) from None

        return name, raw(f"Int64.{name}", ". .", run)

    return dict(
        [
            two("add", lambda a, b: a + b),
            two("sub", lambda a, b: a - b),
            two("mul", lambda a, b: a * b),
            two("div", _truncated),
            two("rem", _remainder),
            ("of_int", raw("Int64.of_int", ".", lambda a, at: Int64(_integer(a, at)))),
            ("to_int", raw("Int64.to_int", ".", lambda a, at: wrapped(number(a, at)))),
            ("to_string", raw("Int64.to_string", ".", lambda a, at: str(number(a, at)))),
            ("zero", Int64(0)),
            ("one", Int64(1)),
        ]
    )


def _finished(buffer: Buffer, at: Location) -> str:
    return buffer.text


def _failing(buffer: Buffer, at: Location) -> Any:
    raise _at(failure(buffer.text), at)


def _invalid(buffer: Buffer, at: Location) -> Any:
    raise _at(invalid(buffer.text), at)


def _unit(buffer: Buffer, at: Location) -> tuple[()]:
    return ()


def buffer_of(value: Any, at: Location) -> Buffer:
    """`value` itself, if it is a formatter; else TypeMismatch."""
    if not isinstance(value, Buffer):
        raise mistyped(at, f"this is {named(value)}, but a formatter is expected", objects=[value])
    return value


@cache
def _printf() -> dict[str, Any]:
    return {
        "sprintf": raw("sprintf", ".", lambda text, at: formatted(text, at, _finished, breaks=False)),
        "printf": raw("printf", ".", lambda text, at: formatted(text, at, _unit, breaks=False)),
        "eprintf": raw("eprintf", ".", lambda text, at: formatted(text, at, _unit, breaks=False)),
        "ksprintf": raw("ksprintf", ". .", lambda k, text, at: formatted(text, at, _into(k), breaks=False)),
    }


def _into(continuation: Any) -> Callable[[Buffer, Location], Any]:
    return lambda buffer, at: apply(continuation, [Given(buffer.text)], at)


@cache
def format_functions() -> dict[str, Any]:
    """The functions of formatted printing that Format and Fmt share."""

    def write_to(buffer: Any, text: Any, at: Location) -> Any:
        return formatted(text, at, _unit, into=buffer_of(buffer, at))

    def pp_string(buffer: Any, text: Any, at: Location) -> tuple[()]:
        buffer_of(buffer, at).write(text_of(text, at))
        return ()

    return {
        "asprintf": raw("asprintf", ".", lambda text, at: formatted(text, at, _finished)),
        "sprintf": raw("sprintf", ".", lambda text, at: formatted(text, at, _finished)),
        "fprintf": raw("fprintf", ". .", write_to),
        "printf": raw("printf", ".", lambda text, at: formatted(text, at, _unit)),
        "eprintf": raw("eprintf", ".", lambda text, at: formatted(text, at, _unit)),
        "kasprintf": raw("kasprintf", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "pp_print_string": raw("pp_print_string", ". .", pp_string),
        "str": raw("str", ".", lambda text, at: formatted(text, at, _finished)),
        "strf": raw("strf", ".", lambda text, at: formatted(text, at, _finished)),
        "kstr": raw("kstr", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "kstrf": raw("kstrf", ". .", lambda k, text, at: formatted(text, at, _into(k))),
        "pf": raw("pf", ". .", write_to),
        "pr": raw("pr", ".", lambda text, at: formatted(text, at, _unit)),
        "epr": raw("epr", ".", lambda text, at: formatted(text, at, _unit)),
        "failwith": raw("Fmt.failwith", ".", lambda text, at: formatted(text, at, _failing)),
        "invalid_arg": raw("Fmt.invalid_arg", ".", lambda text, at: formatted(text, at, _invalid)),
    }


def _sys(world: Surroundings) -> dict[str, Any]:
    def getenv(name: Any, at: Location) -> str:
        found = world.environment.get(text_of(name, at))
        if found is None:
            raise Raised(Construct("Not_found"), at)
        return found

    def exists(name: Any, at: Location) -> bool:
        import os

        path = os.path.realpath(os.path.join(world.directory, text_of(name, at)))
        if path != world.directory and not path.startswith(world.directory + os.sep):
            raise refused(at, f"{name} is outside of the configuration's directory, where nothing is looked for")
        return os.path.exists(path)

    return {
        "getenv": raw("Sys.getenv", ".", getenv),
        "getenv_opt": raw("Sys.getenv_opt", ".", _or_none(getenv)),
        "getcwd": raw("Sys.getcwd", ".", lambda unit, at: world.directory),
        "file_exists": raw("Sys.file_exists", ".", exists),
        "argv": NIL,
        "os_type": "Unix",
        "win32": False,
        "unix": True,
        "command": _not_done("Sys.command"),
        "readdir": _not_done("Sys.readdir"),
        "remove": _not_done("Sys.remove"),
        "is_directory": _not_done("Sys.is_directory"),
    }


def _extension_removed(name: Any, at: Location) -> str:
    return posixpath.splitext(text_of(name, at))[0]


_FILENAMES: dict[str, Any] = {
    "concat": raw("Filename.concat", ". .", lambda a, b, at: f"{text_of(a, at).removesuffix('/')}/{text_of(b, at)}"),
    "dirname": raw("Filename.dirname", ".", lambda name, at: posixpath.dirname(text_of(name, at).rstrip("/")) or "."),
    "basename": raw("Filename.basename", ".", lambda name, at: posixpath.basename(text_of(name, at).rstrip("/"))),
    "chop_extension": raw("Filename.chop_extension", ".", _extension_removed),
    "remove_extension": raw("Filename.remove_extension", ".", _extension_removed),
    "extension": raw("Filename.extension", ".", lambda name, at: posixpath.splitext(text_of(name, at))[1]),
    "quote": raw("Filename.quote", ".", lambda name, at: "'" + text_of(name, at).replace("'", "'\\''") + "'"),
    "current_dir_name": ".",
    "parent_dir_name": "..",
    "dir_sep": "/",
}
