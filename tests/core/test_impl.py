"""Terms: checked by their types, equal by value, and linear in the number of distinct parts."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from attrs import frozen
from hypothesis import assume, given
from hypothesis import strategies as st

from functoria import Device, Key, Type, Value, arg, foreign, functor, if_impl, job, match_impl, noop, register
from functoria.errors import FunctoriaError, InvalidName, InvalidValue, TypeMismatch
from functoria.impl import AnyImpl, article
from tests.tools import run

HERE = __file__
ROOT = Path(HERE).parent.parent
AnyType: TypeAlias = Type[*tuple[Any, ...]]

TYPES: list[AnyType] = [Type(name) for name in ("a", "b", "c")]
a, b, c = TYPES
which = Key.opt("which", arg.enum(["x", "y", "z"]), default="x")
flag = Key.flag("flag")


@frozen
class Part(Device[*tuple[Any, ...]]):
    """A device whose signature is one of its fields."""

    type: AnyType
    field: object = None

    module = "Part"


# Types


def _arrow(parts: list[AnyType]) -> AnyType:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole >> part
    return whole


basic = st.sampled_from(TYPES)
signatures: st.SearchStrategy[AnyType] = st.recursive(
    basic, lambda inner: st.builds(functor, st.lists(inner, min_size=1, max_size=3), inner), max_leaves=6
)


@given(st.lists(basic, min_size=1, max_size=5), st.lists(basic, min_size=1, max_size=5))
def test_types_are_equal_where_their_parts_are(one: list[AnyType], two: list[AnyType]) -> None:
    assert (_arrow(one) == _arrow(two)) == (one == two)
    assert hash(_arrow(one)) == hash(_arrow(list(one)))
    assert _arrow(one).parameters == tuple(one[:-1])
    assert _arrow(one).result == one[-1]
    assert str(_arrow(one)) == " >> ".join(part.name for part in one)
    assert _arrow(one) >> _arrow(two) == _arrow(one + two)


@given(st.lists(signatures, min_size=1, max_size=3), signatures)
def test_a_functor_takes_its_parameters_whole(parameters: list[AnyType], result: AnyType) -> None:
    whole = functor(parameters, result)
    assert whole.parameters == (*parameters, *result.parameters)
    assert whole.result == result.result
    assert pickle.loads(pickle.dumps(whole)) == whole


def test_a_parameter_that_is_a_functor_is_not_several_parameters() -> None:
    assert functor([a >> b], c) != a >> b >> c == functor([a, b], c)
    assert str(functor([a >> b], c)) == "(a >> b) >> c"


@pytest.mark.parametrize("name", ["", "a\nb", 3, None])
def test_what_is_no_name_for_a_type_is_refused(name: Any) -> None:
    with pytest.raises(InvalidName):
        Type(name)


def test_types_are_immutable_and_join_types_only() -> None:
    with pytest.raises(AttributeError, match="immutable"):
        a.name = "b"
    with pytest.raises(TypeError):
        a >> "b"  # type: ignore[operator]  # that is what is tested


# Application


@given(st.lists(signatures, max_size=4), basic, st.lists(signatures, max_size=5))
def test_a_functor_takes_its_parameters_in_turn_and_nothing_else(
    parameters: list[AnyType], result: AnyType, given_: list[AnyType]
) -> None:
    whole = functor(parameters, result) if parameters else result
    main = Part(whole)
    arguments = [Part(type_, number) for number, type_ in enumerate(given_)]
    wrong = next((i for i, type_ in enumerate(given_) if i >= len(parameters) or type_ != parameters[i]), None)
    if wrong is None:
        applied = main(*arguments)
        rest = parameters[len(given_) :]
        assert applied.signature == (functor(rest, result) if rest else result)
        step: Any = main
        for argument in arguments:
            step = step @ argument
        assert step == applied
        assert hash(step) == hash(applied)
        return
    with pytest.raises(TypeMismatch) as caught:
        main(*arguments)
    error = caught.value
    assert error.objects == (main(*arguments[:wrong]), arguments[wrong])
    expected = "no more argument" if wrong >= len(parameters) else f"{parameters[wrong]} as argument {wrong + 1}"
    assert error.message.startswith(f"Part ({whole}) expects {expected}, but got ")
    assert f"Part, {article(str(given_[wrong]))}" in error.message


def _line() -> int:
    frame = sys._getframe(1)
    return frame.f_lineno


def test_a_mismatch_says_where_both_were_written() -> None:
    line = _line()
    main = foreign("Unikernel.Main", a >> b >> job)
    fine = foreign("Fine", a)
    wrong = foreign("Wrong", c)
    with pytest.raises(TypeMismatch) as caught:
        main @ fine @ wrong
    assert (
        caught.value.message
        == "Unikernel.Main (a >> b >> job) expects b as argument 2, but got Wrong, a c: give it a b"
    )
    # First the place of the application, then that of the argument, then that of the functor.
    assert [(place.file, place.line) for place in caught.value.locations] == [(HERE, line + n) for n in (5, 3, 1)]
    assert f"{Path(HERE).name}:{line + 3}" in str(caught.value)
    with pytest.raises(TypeMismatch) as caught:
        main @ wrong
    assert [place.line for place in caught.value.locations] == [line + 14, line + 3, line + 1]
    assert isinstance(caught.value, TypeError)


@pytest.mark.parametrize("argument", [None, "Fine", 3, Part, a, which, which.value])
def test_what_is_no_term_is_no_argument(argument: Any) -> None:
    main = foreign("Unikernel.Main", a >> job)
    for apply in (lambda: main @ argument, lambda: main(argument)):
        with pytest.raises(TypeMismatch, match=r"^Unikernel\.Main \(a >> job\) expects an implementation") as caught:
            apply()
        assert main.location in caught.value.locations


def test_surplus_and_missing_arguments() -> None:
    main: Any = foreign("Unikernel.Main", a >> job)
    with pytest.raises(TypeMismatch, match="expects no more argument, but got one: Part, an a"):
        main(Part(a), Part(a))
    with pytest.raises(
        TypeMismatch, match=r"jobs holds Unikernel\.Main, an a >> job, but must hold jobs: 1 argument miss"
    ):
        register("app", [main])
    two: Any = foreign("Unikernel.Main", a >> b >> job)
    with pytest.raises(TypeMismatch, match="2 arguments missing") as caught:
        register("app", [two])
    assert two.location in caught.value.locations
    assert len(caught.value.locations) == 2


@pytest.mark.parametrize("jobs", [[Part(a)], [3], [job], [None], "job", 3, noop, None, {noop}])
def test_what_is_no_list_of_jobs_is_refused(jobs: Any) -> None:
    with pytest.raises(TypeMismatch, match="jobs") as caught:
        register("app", jobs)
    assert HERE in [place.file for place in caught.value.locations]


def test_a_functor_as_an_argument() -> None:
    main = foreign("Unikernel", functor([a >> b], job))
    inner = foreign("Inner", a >> b)
    partly = foreign("Partly", c >> a >> b) @ Part(c)
    for argument in (inner, partly):
        plan = register("app", [main @ argument]).plan()
        assert [node.module for node in plan.devices if node.functor] == ["Inner" if argument is inner else "Partly"]
    for wrong in (Part(b), Part(a >> c), Part(a >> b >> c), inner @ Part(a)):
        with pytest.raises(TypeMismatch, match=r"expects a >> b as argument 1"):
            main @ wrong


# Choices


@given(st.lists(st.sampled_from(["x", "y"]), unique=True), st.integers(0, 2), st.sampled_from(["x", "y", "z"]))
def test_a_choice_between_functors_is_applied_to_what_follows(cases: list[str], applied: int, chosen: str) -> None:
    # The branches take their first `applied` arguments themselves, the choice as a whole takes the others.
    arguments = [Part(a), Part(b)]

    def branch(name: str) -> AnyImpl:
        return Part(a >> b >> job, name)(*arguments[:applied])

    choice = match_impl(which.value, {name: branch(name) for name in cases}, default=branch("default"), keys=[which])
    assert choice.signature == Part(_arrow([*TYPES[applied:2], job])).signature
    plan = register("app", [choice(*arguments[applied:])]).plan({which: chosen})
    (node,) = (node for node in plan.devices if node.device.module == "Part" and node.device.type.parameters)
    assert node.device == Part(a >> b >> job, chosen if chosen in cases else "default")
    assert [argument.device for argument in node.arguments] == arguments
    assert not node.functor


@given(signatures, signatures)
def test_branches_have_one_type(one: AnyType, two: AnyType) -> None:
    assume(one != two)
    choices: list[Callable[[], AnyImpl]] = [
        lambda: if_impl(flag.value, Part(one), Part(two)),
        lambda: match_impl(which.value, {"x": Part(two), "y": Part(one)}, default=Part(two)),
    ]
    for choose in choices:
        with pytest.raises(TypeMismatch, match="the branches of a choice must have one type") as caught:
            choose()
        assert {place.file for place in caught.value.locations} == {HERE}
        assert {Part(one), Part(two)} <= set(caught.value.objects[1:])


def test_what_is_no_choice_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"write which\.value"):
        match_impl(which, {}, default=noop)  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(InvalidValue, match="needs a Value"):
        if_impl(True, noop, noop)  # type: ignore[arg-type]  # as above
    with pytest.raises(InvalidValue, match="--which"):
        match_impl(which.value, {"w": noop}, default=noop)
    with pytest.raises(TypeMismatch, match="between implementations"):
        if_impl(flag.value, noop, None)  # type: ignore[arg-type]  # as above


def test_if_is_a_match_of_true() -> None:
    one, two = Part(job, 1), Part(job, 2)
    assert if_impl(flag.value, one, two) == match_impl(flag.value, {True: one}, default=two)


# A recipe is plain data; `make` builds the term that it describes, each time anew.

Recipe: TypeAlias = tuple[Any, ...]
recipes: st.SearchStrategy[Recipe] = st.recursive(
    st.tuples(st.just("device"), st.integers(0, 3)),
    lambda inner: st.one_of(
        st.tuples(st.just("apply"), st.integers(0, 1), inner),
        st.tuples(st.just("deps"), st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.tuples(st.just("foreign"), st.lists(inner, min_size=1, max_size=2).map(tuple)),
        st.tuples(st.just("if"), st.sampled_from([flag, which]), inner, inner),
    ),
    max_leaves=10,
)


@frozen
class After(Device[*tuple[Any, ...]]):
    """A job after others, which it keeps in a list or a dict."""

    held: list[AnyImpl] | Mapping[str, AnyImpl]

    type = job
    module = "After"

    @property
    def deps(self) -> tuple[AnyImpl, ...]:
        """The jobs that it keeps."""
        return tuple(self.held.values() if isinstance(self.held, Mapping) else self.held)


def make(recipe: Recipe) -> Any:
    match recipe:
        case ("device", number):
            return Part(job, number)
        case ("apply", number, inner):
            return Part(job >> job, number) @ make(inner)
        case ("deps", inner):
            return After([make(part) for part in inner])
        case ("foreign", inner):
            return foreign("Unikernel.Main", job, deps=[make(part) for part in inner])
        case ("if", key, then, otherwise):
            condition = key.value if key is flag else key.value.eq("y")
            return if_impl(condition, make(then), make(otherwise))
    raise AssertionError(recipe)


@given(recipes, recipes)
def test_terms_are_equal_where_they_are_made_alike(one: Recipe, two: Recipe) -> None:
    assert make(one) == make(one)
    assert hash(make(one)) == hash(make(one))
    assert (make(one) == make(two)) == (one == two)
    assert len({make(one), make(two), make(one)}) == len({one, two})


@given(recipes)
def test_a_copied_term_is_the_same(recipe: Recipe) -> None:
    term = make(recipe)
    hash(term)
    for again in (copy.copy(term), copy.deepcopy(term)):
        assert again == term
        assert hash(again) == hash(term)


_UNPICKLED = """
import pickle, sys
from functoria import foreign, job, noop
found = pickle.load(open(sys.argv[1], "rb"))
expected = [noop, foreign("Unikernel", job >> job) @ noop]
assert found == expected
assert [hash(term) for term in found] == [hash(term) for term in expected]
"""


def test_a_term_is_the_same_in_another_process(tmp_path: Path) -> None:
    terms = [noop, foreign("Unikernel", job >> job) @ noop]
    assert len({*terms}) == 2  # computes their hashes, which are different in every process
    (tmp_path / "terms").write_bytes(pickle.dumps(terms))
    for seed in ("1", "2"):
        run(sys.executable, "-c", _UNPICKLED, tmp_path / "terms", cwd=ROOT, PYTHONHASHSEED=seed)


class Bare(Device[*tuple[Any, ...]]):
    """A device without fields."""

    type = job
    module = "Bare"


def test_terms_are_immutable() -> None:
    choice = if_impl(flag.value, Bare(), Part(job))
    terms = [
        Part(job),
        Bare(),
        foreign("Unikernel", job),
        Part(job >> job) @ Part(job),
        choice,
        flag.value,
        Value.pure(3),
    ]
    for term in terms:
        for name in ("module", "functor", "selector", "key", "constant", "other"):
            with pytest.raises(AttributeError):
                setattr(term, name, "Other")


def test_a_field_that_is_not_declared_is_not_lost() -> None:
    # Only attrs classes declare their fields; another class must not be mistaken for one without any.
    class ByHand(Bare):
        def __init__(self, number: int) -> None:
            self.number = number

    @dataclass(frozen=True)
    class Data(Bare):
        number: int

    for cls in (ByHand, Data):
        try:
            nodes = register("app", [cls(1), cls(2)]).plan().devices
        except (FunctoriaError, AttributeError) as error:
            assert "attrs" in str(error)  # noqa: PT017  # either of two outcomes is right
        else:
            assert len(nodes) == 3
