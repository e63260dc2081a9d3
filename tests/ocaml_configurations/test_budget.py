"""Every library function is charged for long values: an evaluation stays within its budget, in time and memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from functoria.errors import ConfigError
from functoria.ocaml import apply
from functoria.ocaml.apply import Budget
from functoria.ocaml.evaluate import Evaluator
from functoria.ocaml.library_table import TABLE
from functoria.ocaml.ml_types import Arrow, Con, Ty, Var
from functoria.ocaml.program import scope_of, session_of
from functoria.ocaml.reader import read
from functoria.ocaml.release import releases
from functoria.ocaml.scope import Variable
from functoria.ocaml.values import List, Wrapped
from functoria.ocaml.written_types import written

LONG = 500
"""The number of items in long values; strings have ten times as many characters."""
COUNTS = LONG // 10
"""The number of steps that such a value counts as."""
SETUP = f"""
let c = ref 0
let l = List.init {LONG} (fun n -> n)
let s = String.make {10 * LONG} 'a'
let q = List.to_seq l
"""
MODULES = ("List", "ListLabels", "String", "StringLabels", "Seq", "Filename")


def run(source: str) -> tuple[object, int]:
    """Return the value of `it` in a program, and the steps that it took."""
    session = session_of("/nowhere/config.ml", {}, {})
    scope = scope_of(session, releases()[0], "/nowhere/config.ml")
    budget: Budget = session.world.budget
    before = budget.left
    evaluator = Evaluator(scope, budget)
    for code in evaluator.items(read(source.encode(), "/nowhere/config.ml")):
        code(evaluator.globals)
    found = scope.layers[-1].values["it"]
    assert isinstance(found, Variable)
    return evaluator.globals[found.number], before - budget.left


def functions() -> Iterator[tuple[str, str]]:
    """Return the functions of these modules, with their types."""
    module = ""
    for line in TABLE.strip().splitlines():
        if line.startswith("["):
            module = line.strip("[]")
        elif module in MODULES:
            names, _, type = line.partition(" : ")
            yield from ((f"{module}.{name}", type) for name in names.split() if "->" in type)
    yield from (("(^)", "string -> string -> string"), ("(@)", "'a list -> 'a list -> 'a list"))


FUNCTIONS = dict(functions())


def kind(type: Ty) -> str:
    """Return the kind of a type: a string, a list, a sequence, or the name of anything else."""
    if not isinstance(type, Con):
        return ""
    name = str(type.head)
    return {"String.t": "string", "StringLabels.t": "string", "Seq.t": "seq"}.get(name, name)


def value(type: Ty) -> str:
    """Return an expression of the type, as long as the type allows; all variables are integers."""
    if isinstance(type, Arrow):
        count, gives = 0, type
        while isinstance(gives, Arrow):
            count, gives = count + 1, gives.gives  # type: ignore[assignment]  # a type
        return f"(fun {'_ ' * count}-> incr c; {small(gives)})"
    if kind(type) == "list":
        (of,) = type.arguments  # type: ignore[union-attr]  # a constructor
        return "l" if isinstance(of, Var) else f"(List.map (fun x -> {'x, x' if kind(of) == '*' else small(of)}) l)"
    if kind(type) == "seq":
        return "(String.to_seq s)" if kind(type.arguments[0]) == "char" else "q"  # type: ignore[union-attr]  # as above
    return "s" if kind(type) == "string" else small(type)


def small(type: Ty) -> str:
    """Return a short expression of the type."""
    if isinstance(type, Con) and kind(type) == "*":
        return f"({', '.join(map(small, type.arguments))})"
    given = {"list": "[]", "seq": "Seq.empty", "string": '"b"', "bool": "true", "char": "'b'", "unit": "()"}
    given |= {"option": "None", "Either.t": "(Either.Left 0)"}
    return given.get(kind(type), "1000")


def called(name: str, values: list[str]) -> str:
    """Return a call of the function, with the labels of its parameters."""
    type, words = written(FUNCTIONS[name]), [name]
    for each in values:
        assert isinstance(type, Arrow)
        words.append(f"~{type.label}:{each}" if type.label else each)
        type = type.gives
    return f"({' '.join(words)})"


def parameters(name: str) -> tuple[list[Ty], Ty]:
    """Return the types of the function's parameters, and of its result."""
    type, found = written(FUNCTIONS[name]), list[Ty]()
    while isinstance(type, Arrow):
        found.append(type.takes)
        type = type.gives
    return found, type


def test_there_are_many_functions() -> None:
    assert len(FUNCTIONS) > 150
    assert {"List.fold_left", "String.fold_left", "Seq.fold_left", "Filename.concat"} < set(FUNCTIONS)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_long_counts_and_so_does_each_call(name: str) -> None:
    takes, _ = parameters(name)
    bound = "".join(f"let a{n} = {value(type)}\n" for n, type in enumerate(takes))
    call = called(name, [f"a{n}" for n in range(len(takes))])
    _, before = run(f"{SETUP}{bound}let it = !c")
    calls, after = run(f"{SETUP}{bound}let () = try ignore {call} with _ -> ()\nlet it = !c")
    long = sum(kind(type) in ("list", "seq", "string") for type in takes)
    assert isinstance(calls, int)
    assert after - before >= long * COUNTS + calls + 1
    if long and any(isinstance(type, Arrow) for type in takes):
        assert calls > 0


ROUNDS = 24
STEPS = 20_000
STARTS = {"list": "[ 0; 1 ]", "string": '"a\\n"', "seq": "(Seq.return 0)"}


def again(name: str, wanted: str) -> str:
    """Return a call of the function with `x` for every suitable argument, itself or as the result of a function."""

    def given(type: Ty) -> str:
        if kind(type) == wanted:
            return "x"
        if not isinstance(type, Arrow):
            return small(type)
        words = "(fun"
        while isinstance(type, Arrow):
            words, type = f"{words} _", type.gives
        return f"{words} -> {given(type)})"

    return called(name, [given(type) for type in parameters(name)[0]])


GROWING = [
    *(
        (kind(gives), again(name, kind(gives)))
        for name in FUNCTIONS
        for takes, gives in [parameters(name)]
        if kind(gives) in STARTS and any(kind(type) == kind(gives) for type in takes)
        if all(isinstance(type.arguments[0], Var) for type in takes if isinstance(type, Con) and kind(type) == "list")
    ),
    ("string", 'Printf.sprintf "%s%s" x x'),
    ("string", 'Format.asprintf "%s,%S" x x'),
    ("string", 'Fmt.str "%a%s" Fmt.string x x'),
    ("string", 'Fmt.str "%a" (Fmt.list Fmt.string) [ x; x; x ]'),
    ("string", 'List.fold_left (Printf.sprintf "%s%s") x [ x; x ]'),
    ("string", 'List.fold_left (fun a b -> Printf.sprintf "%s%s" a b) x [ x; x ]'),
    ("string", 'String.concat "," [ x; x; x ]'),
    ("string", "String.concat x (List.map String.escaped [ x; x ])"),
    ("list", "List.concat [ x; x; x ]"),
    ("list", "List.flatten (List.map (fun _ -> x) [ 1; 2; 3 ])"),
    ("seq", "Seq.flat_map (fun _ -> x) (List.to_seq [ 1; 2; 3 ])"),
    ("list", "List.rev_append x (x @ x)"),
]
"""Expressions that may produce ever more from their input, and its kind."""


@pytest.mark.parametrize(("of", "body"), GROWING)
def test_what_grows_ends_within_the_budget(of: str, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "STEPS", STEPS)
    source = (
        f"let rec f x n = if n = 0 then x else f (try {body} with _ -> x) (n - 1)\nlet it = f {STARTS[of]} {ROUNDS}"
    )
    message = ""
    try:
        it, steps = run(source)
    except ConfigError as error:
        message = error.message
    else:
        assert isinstance(it, (str, List, Wrapped))
        size = len(it) if isinstance(it, str) else it.size if isinstance(it, List) else len(it.value)
        assert size // 100 <= steps <= STEPS
    assert message in ("", f"evaluating this configuration takes more than {STEPS} steps")


@pytest.mark.parametrize(
    "body",
    [
        "List.iter (fun _ -> String.iter ignore s) l",
        "List.iter (fun _ -> List.iter ignore l) l",
        "Seq.iter (fun _ -> Seq.iter ignore q) q",
        "ignore (List.fold_left (fun _ _ -> String.length (String.escaped s)) 0 l)",
        "ignore (List.map (fun _ -> List.rev (List.rev l)) l)",
        'ignore (List.map (fun _ -> Fmt.str "%a" (Fmt.list Fmt.int) l) l)',
        'ignore (List.map (fun _ -> Format.asprintf "%a" (Format.pp_print_list Format.pp_print_int) l) l)',
        "ignore (List.sort (fun _ _ -> List.length (List.rev l)) l)",
        "ignore (List.concat (List.map (fun _ -> l) l))",
        "ignore (Seq.flat_map (fun _ -> q) q)",
        "ignore (String.concat s (List.map (fun _ -> s) l))",
        'ignore (List.fold_left (Printf.sprintf "%s%s%i" s) s l)',
    ],
)
def test_what_is_nested_ends_at_its_line(body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apply, "STEPS", STEPS)
    with pytest.raises(ConfigError, match=f"takes more than {STEPS} steps") as caught:
        run(f"{SETUP}let () = {body}\nlet it = 0")
    assert caught.value.locations[0].line == SETUP.count("\n") + 1
