"""Terms: applied as their types say, equal by value, and as cheap as what is distinct in them."""

from __future__ import annotations

import copy
import gc
import itertools
import pickle
import sys
import weakref
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple, TypeAlias

import pytest
from attrs import field, frozen
from hypothesis import assume, given
from hypothesis import strategies as st

import mirage_devices
from functoria import Device, Key, Type, Value, arg, foreign, functor, if_impl, job, match_impl, noop, register
from functoria.device import AnyDevice
from functoria.errors import FunctoriaError, InvalidModule, InvalidName, InvalidValue, TypeMismatch
from functoria.impl import AnyImpl
from functoria.location import Location
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
    """A device whose signature is a field of it."""

    type: AnyType
    field: object = None

    module = "Part"


# Types.


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


# Application.


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
    assert error.message.endswith(f"Part, a {given_[wrong]}")


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
    assert caught.value.message == "Unikernel.Main (a >> b >> job) expects b as argument 2, but got Wrong, a c"
    # First where it is applied, then where the functor is declared, then where the argument was made.
    assert caught.value.locations == tuple(Location(HERE, line + n) for n in (5, 1, 3))
    assert f"{Path(HERE).name}:{line + 3}" in str(caught.value)
    with pytest.raises(TypeMismatch) as caught:
        main @ wrong
    assert [place.line for place in caught.value.locations] == [line + 11, line + 1, line + 3]
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
    with pytest.raises(TypeMismatch, match="expects no more argument, but got one: Part, a a"):
        main(Part(a), Part(a))
    with pytest.raises(
        TypeMismatch, match=r"jobs holds Unikernel\.Main, a a >> job, but must hold jobs: 1 argument miss"
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
    main = foreign("Main", functor([a >> b], job))
    inner = foreign("Inner", a >> b)
    partly = foreign("Partly", c >> a >> b) @ Part(c)
    for argument in (inner, partly):
        plan = register("app", [main @ argument]).plan()
        assert [node.module for node in plan.devices if node.functor] == ["Inner" if argument is inner else "Partly"]
    for wrong in (Part(b), Part(a >> c), Part(a >> b >> c), inner @ Part(a)):
        with pytest.raises(TypeMismatch, match=r"expects a >> b as argument 1"):
            main @ wrong


# Choices.


@given(st.lists(st.sampled_from(["x", "y"]), unique=True), st.integers(0, 2), st.sampled_from(["x", "y", "z"]))
def test_a_choice_between_functors_is_applied_to_what_follows(cases: list[str], applied: int, chosen: str) -> None:
    # The branches take their first `applied` arguments themselves, the choice as a whole the rest.
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
        with pytest.raises(TypeMismatch, match="the branches of a choice have one type") as caught:
            choose()
        assert {place.file for place in caught.value.locations} == {HERE}
        assert {Part(one), Part(two)} <= set(caught.value.objects[1:])


def test_what_is_no_choice_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"write which\.value"):
        match_impl(which, {}, default=noop)  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(InvalidValue, match="by a Value"):
        if_impl(True, noop, noop)  # type: ignore[arg-type]  # as above
    with pytest.raises(InvalidValue, match="--which"):
        match_impl(which.value, {"w": noop}, default=noop)
    with pytest.raises(TypeMismatch, match="between implementations"):
        if_impl(flag.value, noop, None)  # type: ignore[arg-type]  # as above


def test_if_is_a_match_of_true() -> None:
    one, two = Part(job, 1), Part(job, 2)
    assert if_impl(flag.value, one, two) == match_impl(flag.value, {True: one}, default=two)


# A recipe is plain data; `make` builds the term that it describes, anew each time.

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
    """A job after others, which it holds in a list or a dict."""

    held: list[AnyImpl] | Mapping[str, AnyImpl]

    type = job
    module = "After"

    @property
    def deps(self) -> tuple[AnyImpl, ...]:
        """What it holds."""
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
expected = [noop, foreign("Main", job >> job) @ noop]
assert found == expected
assert [hash(term) for term in found] == [hash(term) for term in expected]
"""


def test_a_term_is_the_same_in_another_process(tmp_path: Path) -> None:
    terms = [noop, foreign("Main", job >> job) @ noop]
    assert len({*terms}) == 2  # so that their hashes, other ones in every process, are known before
    (tmp_path / "terms").write_bytes(pickle.dumps(terms))
    for seed in ("1", "2"):
        run(sys.executable, "-c", _UNPICKLED, tmp_path / "terms", cwd=ROOT, PYTHONHASHSEED=seed)


class Bare(Device[*tuple[Any, ...]]):
    """A device without fields."""

    type = job
    module = "Bare"


def test_terms_are_immutable() -> None:
    choice = if_impl(flag.value, Bare(), Part(job))
    terms = [Part(job), Bare(), foreign("Main", job), Part(job >> job) @ Part(job), choice, flag.value, Value.pure(3)]
    for term in terms:
        for name in ("module", "functor", "selector", "key", "constant", "other"):
            with pytest.raises(AttributeError):
                setattr(term, name, "Other")


def test_a_field_that_is_not_declared_is_not_lost() -> None:
    # Only attrs classes say what their fields are; another class must not pass for one without any.
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


# Fields of devices.


class Pair(NamedTuple):
    """Two numbers."""

    one: int
    two: int


@frozen
class Holder(Device[*tuple[Any, ...]]):
    """A device of any one field."""

    held: Any

    type = job
    module = "Holder"


scalars = st.none() | st.integers(-3, 3) | st.text(max_size=3) | st.builds(Pair, st.integers(0, 2), st.integers(0, 2))
fields = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=2), inner, max_size=3),
        st.sets(st.integers(0, 3), max_size=3),
    ),
    max_leaves=6,
)


def _frozen(value: Any) -> Any:
    """`value` without what can change: the model of what a device holds."""
    if isinstance(value, (list, tuple)):
        return ("sequence", *map(_frozen, value))
    if isinstance(value, Mapping):
        return ("mapping", frozenset((key, _frozen(item)) for key, item in value.items()))
    return frozenset(value) if isinstance(value, set) else value


@given(fields, fields)
def test_devices_are_equal_exactly_where_their_fields_are(one: Any, two: Any) -> None:
    assert hash(Holder(one)) == hash(Holder(copy.deepcopy(one)))
    assert Holder(one) == Holder(copy.deepcopy(one))
    assert (Holder(one) == Holder(two)) == (_frozen(one) == _frozen(two))


@given(st.dictionaries(st.text(max_size=2), st.integers(), min_size=2, max_size=4))
def test_the_order_of_a_dict_is_no_part_of_its_value(held: dict[str, int]) -> None:
    turned = dict(reversed(held.items()))
    assert held == turned
    assert Holder(held) == Holder(turned)
    assert hash(Holder(held)) == hash(Holder(turned))


@given(fields)
def test_what_a_device_holds_can_no_longer_change(value: Any) -> None:
    device = Holder(value)
    before = hash(Holder(copy.deepcopy(value)))
    _spoil(value)
    assert hash(device) == before
    for mutable in _within(device.held):
        assert not isinstance(mutable, (list, dict, set))


def _spoil(value: Any) -> None:
    for item in _within(value):
        if isinstance(item, list):
            item.append("more")
        elif isinstance(item, dict):
            item["more"] = "more"
        elif isinstance(item, set):
            item.add("more")


def _within(value: Any) -> list[Any]:
    """`value` and all that it holds."""
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple, set)) else ()
    return [value, *(part for item in inside for part in _within(item))]


def test_named_tuples_inside_a_list_keep_their_names() -> None:
    assert Holder([Pair(1, 2)]).held[0].two == 2
    assert Holder({"p": Pair(1, 2)}).held["p"].one == 1
    assert Holder([Pair(1, 2)]).held[0] == Pair(1, 2)


def test_other_classes_make_other_devices() -> None:
    @frozen
    class Other(Device[*tuple[Any, ...]]):
        held: Any
        type = job
        module = "Holder"

    @frozen
    class Heir(Holder):
        pass

    devices: list[AnyDevice] = [Holder(1), Other(1), Heir(1), Holder(IPv4Address("0.0.0.1")), Holder((1,)), Holder("1")]
    assert len(set(devices)) == len(devices)
    assert len(register("app", devices).plan().devices) == len(devices) + 1


@pytest.mark.parametrize("module", ["", "unikernel.main", "Main.", ".Main", "Main x", "Main.É", "3", 'M"', None, 3])
def test_what_is_no_module_is_refused(module: Any) -> None:
    with pytest.raises(InvalidModule) as caught:
        foreign(module, job)
    assert HERE in [place.file for place in caught.value.locations]


@pytest.mark.parametrize(
    "arguments",
    [{"packages": "io-page"}, {"packages": ["io-page"]}, {"keys": [which.value]}, {"deps": [job]}, {"deps": noop}],
)
def test_what_is_no_list_of_the_right_things_is_refused(arguments: Any) -> None:
    with pytest.raises(InvalidValue, match=rf"^{next(iter(arguments))} of Main is .*, but must be a list of"):
        foreign("Main", job, **arguments)
    with pytest.raises(TypeMismatch, match="must be a Type"):
        foreign("Main", "job")  # type: ignore[arg-type]  # that is what is tested


# Size: work is counted, in calls of Python functions, so that what grows faster than the term is seen at once.


def work(action: Callable[[], object]) -> int:
    """How many calls `action` makes."""
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
    "doubled deps": lambda term: foreign("Main", job, deps=[term, term]),
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
    """All that is done with a term, on two that are equal and share nothing."""
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
    everything(LEVELS[name], 10)  # what is computed once, is computed now
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
    # Messages show terms: a long one must neither recurse nor write out what is shared again and again.
    for levels in (16, 10_000):
        assert len(repr(build(LEVELS[name], levels))) < 100_000


def test_a_term_in_a_message_may_be_deep() -> None:
    with pytest.raises(TypeMismatch, match=r"put .* in brackets"):
        register("app", build(LEVELS["fields in a list"], 10_000))
    with pytest.raises(TypeMismatch, match="Part"):
        Part(a >> job) @ build(LEVELS["fields in a list"], 10_000)


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
    assert location.file.endswith("mirage_devices/console.py")
