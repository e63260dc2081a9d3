"""Terms of any size: work is counted in function calls, so growth faster than the term is detected at once."""

from __future__ import annotations

import copy
import gc
import itertools
import sys
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest
from attrs import field, frozen

import mirage_devices
from functoria import Device, Type, Value, foreign, functor, if_impl, job, noop, register
from functoria.errors import FunctoriaError, InvalidModule, InvalidName, InvalidValue, TypeMismatch
from functoria.impl import AnyImpl
from functoria.types import AnyType
from tests.core.test_fields import Holder
from tests.core.test_impl import After, Part, a, flag


def work(action: Callable[[], object]) -> int:
    """Count the calls that `action` makes."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        action()
    finally:
        sys.setprofile(before)
    return calls


unary, binary = Part(job >> job), Part(job >> job >> job)
LEVELS: dict[str, Callable[[Any], Any]] = {
    "applications": lambda term: unary @ term,
    "doubled applications": lambda term: binary(term, term),
    "doubled deps": lambda term: foreign("Unikernel", job, deps=[term, term]),
    "fields in a list": lambda term: After([term, term]),
    "fields in a dict": lambda term: After({"one": term, "two": term}),
    "choices": lambda term: if_impl(flag.value, noop, term),
    "doubled choices": lambda term: if_impl(flag.value, unary @ term, term),
    "choices that are arguments": lambda term: unary @ if_impl(flag.value, noop, term),
}


def build(level: Callable[[Any], Any], levels: int) -> Any:
    term: Any = noop
    for _ in range(levels):
        term = level(term)
    return term


def everything(level: Callable[[Any], Any], levels: int) -> None:
    """Do everything that can be done with a term, on two that are equal and share nothing."""
    one, two = build(level, levels), build(level, levels)
    assert one == two
    assert hash(one) == hash(two)
    assert one != level(two)
    app = register("app", [one, two], keys=[flag])
    plan = app.plan()
    assert plan.undecided == ()
    assert len(plan.devices) <= 2 * levels + 3
    assert plan.files()
    assert [key.name for key in app.keys] == ["flag"]
    assert len(app.plan(partial=True).devices) <= 3 * levels + 4


@pytest.mark.parametrize("name", LEVELS)
def test_ten_thousand_levels_neither_recurse_nor_multiply(name: str) -> None:
    everything(LEVELS[name], 10_000)


@pytest.mark.parametrize("name", LEVELS)
def test_work_grows_with_what_is_distinct(name: str) -> None:
    everything(LEVELS[name], 10)  # computes what is cached
    one, two, four = (work(lambda n=n: everything(LEVELS[name], n)) for n in (200, 400, 800))  # type: ignore[misc]  # bound at once
    assert four - two <= 2.1 * (two - one)


def choices_by_values_that_share(levels: int) -> None:
    value, jobs = flag.value, []
    for level in range(levels):
        value = value.map(bool)
        jobs.append(if_impl(value, foreign(f"A{level}", job), foreign(f"B{level}", job)))
    app = register("app", jobs, keys=[flag])
    assert len(app.plan().devices) == levels + 1
    assert app.plan(partial=True).undecided == (flag,)
    assert len(app.plan().why("ocaml").reasons) == 1


def test_choices_by_values_that_share_are_linear() -> None:
    choices_by_values_that_share(10)
    one, two, four = (work(lambda n=n: choices_by_values_that_share(n)) for n in (200, 400, 800))  # type: ignore[misc]  # bound at once
    assert four - two <= 2.1 * (two - one)


@pytest.mark.parametrize("name", LEVELS)
def test_a_term_of_any_size_can_be_shown(name: str) -> None:
    # Messages show terms: a long one must neither recurse nor print shared parts again and again.
    for levels in (16, 10_000):
        assert len(repr(build(LEVELS[name], levels))) < 100_000


def test_a_term_in_a_message_may_be_deep() -> None:
    with pytest.raises(TypeMismatch, match=r"put .* in brackets"):
        register("app", build(LEVELS["fields in a list"], 10_000))
    with pytest.raises(TypeMismatch, match="Part"):
        Part(a >> job) @ build(LEVELS["fields in a list"], 10_000)


def test_types_of_any_size() -> None:
    # A type may take one that takes one …, and use the next level twice, like terms.
    def nested(levels: int) -> AnyType:
        inner: AnyType = a
        for _ in range(levels):
            inner = functor([inner, inner], a)
        return inner

    assert str(nested(2)) == "(a >> a >> a) >> (a >> a >> a) >> a"
    assert str(functor([nested(1), a], nested(1))) == "(a >> a >> a) >> a >> a >> a >> a"
    assert str(a) == "a"
    deep = nested(10_000)
    assert work(lambda: str(deep)) < 20_000
    assert len(str(deep)) < 3000
    assert str(deep).endswith("…")
    assert nested(10_000) == nested(10_000) != nested(9_999)
    main = foreign("Unikernel", functor([nested(10_000)], job))
    assert register("app", [main @ foreign("Inner", nested(10_000))]).plan().files()
    with pytest.raises(TypeMismatch) as caught:
        main @ foreign("Inner", nested(9_999))
    assert len(str(caught.value)) < 10_000


@pytest.mark.parametrize("name", LEVELS)
def test_a_term_of_any_size_is_copied(name: str) -> None:
    term = build(LEVELS[name], 10_000)
    assert copy.deepcopy(term) is copy.copy(term) is term


def test_ten_thousand_arguments() -> None:
    parts = [Part(a, number) for number in range(10_000)]
    applied = Part(Type.of_parts([*[a] * len(parts), job]))(*parts)
    (node,) = (node for node in register("app", [applied]).plan().devices if node.arguments)
    assert [argument.device.field for argument in node.arguments] == list(range(10_000))


def test_a_deep_term_is_freed() -> None:
    term: AnyImpl = build(LEVELS["fields in a list"], 100_000)
    alive = weakref.ref(term)
    del term
    gc.collect()
    assert alive() is None


def test_an_error_of_this_library_is_of_its_base() -> None:
    for error in (InvalidModule, InvalidName, InvalidValue, TypeMismatch):
        assert issubclass(error, FunctoriaError)


@pytest.mark.parametrize(
    ("one", "two"), list(itertools.combinations([0, False, 0.0, -0.0, 1, True, 1.0, "1", (1,), (True,), None], 2))
)
def test_what_is_equal_in_python_alone_is_not_one_device(one: Any, two: Any) -> None:
    assert Holder(one) != Holder(two)
    assert Value.pure(one) != Value.pure(two)
    assert len(register("app", [Holder(one), Holder(two)]).plan().devices) == 3


@frozen
class Noted(Device[*tuple[Any, ...]]):
    """A device with a field that is not part of its value."""

    number: int
    note: str = field(eq=False)

    type = job
    module = "Noted"


def test_a_field_that_does_not_count_makes_no_other_device() -> None:
    assert Noted(1, "a") == Noted(1, "b")
    assert Noted(1, "a") != Noted(2, "a")
    assert len(register("app", [Noted(1, "a"), Noted(1, "b")]).plan().devices) == 2


def test_what_a_library_makes_when_it_is_imported_is_where_it_stands_there() -> None:
    location = mirage_devices.default_console.location
    assert location is not None
    assert location.file.endswith("mirage_devices/v3/devices/console.py")
