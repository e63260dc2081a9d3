"""Values that share their parts, or nest deeply, are compared in linear time and without recursion."""

from __future__ import annotations

from itertools import starmap
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria.ocaml import loads
from functoria.ocaml.values import NONE, Construct, Record, Variant, compared, list_of
from tests.ocaml_configurations.test_budget import run

FORMS = {
    "constructors": ("type t = L | N of t * t", "L", "N (x, x)"),
    "records": ("type t = L | N of r and r = { a : t; b : t }", "L", "N { a = x; b = x }"),
    "lists": ("type t = T of t list", "T []", "T [x; x]"),
    "variants": ("", "`L", "`N (x, x)"),
    "options": ("type t = L | N of (t * t) option", "L", "N (Some (x, x))"),
    "references": ("type t = L | N of t ref * t ref", "L", "let r = ref x in N (r, r)"),
}
"""Types, a value without parts, and one that holds the value x twice."""
SHARED, DEEP = 200, 10_000


def nested(form: str, depth: int) -> str:
    """Return code that defines `make`, a function that makes a value of this depth, by iteration."""
    types, leaf, node = FORMS[form]
    return f"{types}\nlet make () = List.fold_left (fun x _ -> {node}) ({leaf}) (List.init {depth} (fun n -> n))\n"


@pytest.mark.parametrize("depth", [SHARED, DEEP])
@pytest.mark.parametrize("form", FORMS)
def test_shared_values_are_compared(form: str, depth: int) -> None:
    found, _ = run(f"{nested(form, depth)}let it = (compare (make ()) (make ()), make () < make (), make () = make ())")
    assert found == (0, False, True)


@pytest.mark.parametrize(
    "form", [form for form in FORMS if form != "references"]
)  # a reference is only equal to itself
@pytest.mark.parametrize("depth", [SHARED, DEEP])
def test_functions_that_captured_them_are_equal(form: str, depth: int) -> None:
    found, _ = run(f"{nested(form, depth)}let f x = (fun () -> x)\nlet it = (f (make ()), f (make ()))")
    one, two = found  # type: ignore[misc]  # a pair
    assert one == two
    assert hash(one) == hash(two)


def test_functions_that_captured_each_other_are_equal() -> None:
    found, _ = run(
        "let make f = List.fold_left (fun f _ -> (fun n -> f n)) f (List.init 10000 (fun n -> n))\n"
        "let plus a = (fun n -> a + n)\nlet it = (make (plus 1), make (plus 1), make (plus 2))"
    )
    one, two, other = found  # type: ignore[misc]  # three
    assert one == two
    assert one != other


def test_devices_that_captured_them_are_one() -> None:
    app = loads(
        f"(* mirage >= 4.11.0 & < 4.12.0 *)\nopen Mirage\n{nested('lists', SHARED)}"
        'let device x = impl ~extra_deps:[dep noop] ~connect:(fun _ _ _ -> code ~pos:__POS__ "%d" (compare x x)) "X" job\n'
        'let () = register "x" [ device (make ()); device (make ()); device (T []) ]\n',
        "/nowhere/config.ml",
        environment={},
    )
    devices = [node for node in app.plan(target="unix").devices if node.device.module == "X"]
    assert len(devices) == 2


def _values(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    kind = object()
    return st.one_of(
        st.tuples(inside, inside),
        st.lists(inside, max_size=3).map(list_of),
        st.builds(Construct, st.sampled_from(["A", "B"]), inside, st.just(True), st.just(kind)),
        st.builds(Variant, st.sampled_from(["A", "B"]), inside, st.just(True)),
        st.builds(lambda a, b: Record((("a", a), ("b", b))), inside, inside),
    )


values = st.recursive(st.integers(0, 2) | st.just(NONE), _values, max_leaves=8)


def copied(value: Any) -> Any:
    """Return an equal value that shares nothing."""
    match value:
        case tuple():
            return tuple([copied(each) for each in value])
        case Construct():
            return Construct(value.name, copied(value.argument), value.applied, value.kind)
        case Variant():
            return Variant(value.tag, copied(value.argument), value.applied)
        case Record():
            return Record(tuple([(name, copied(each)) for name, each in value.fields]))
        case int() | None:
            return value
        case _:
            return list_of(map(copied, value))


@given(values, values)
def test_equality_is_that_of_a_copy_without_sharing(one: Any, two: Any) -> None:
    pairs = [(one, two), (copied(one), two), (one, copied(two))]
    assert len(set(starmap(_equal, pairs))) == 1
    assert one == copied(one)
    assert hash(one) == hash(copied(one))
    assert compared(one, copied(one)) == 0
    assert _equal((one, one), (copied(one), two)) == _equal(one, two)


def _equal(one: Any, two: Any) -> bool:
    assert (one == two) == (two == one)
    return bool(one == two)
