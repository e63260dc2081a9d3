"""Values: an expression over keys means the same as over the keys' values."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria import Key, Value, arg, lift, package
from functoria.errors import DeviceError, InvalidValue, Undecided

# A recipe is plain data: `make` builds the value that it describes, `meaning` tells what it must be, and by which keys.
Recipe: TypeAlias = tuple[Any, ...]

KEYS: list[Key[int]] = [Key.opt(f"k{i}", arg.int, default=0) for i in range(4)]


def double(x: int) -> int:
    return 2 * x


def add(*numbers: int) -> int:
    return sum(numbers)


def positive(x: int) -> bool:
    return x > 0


numbers = st.integers(0, 3)
leaves: st.SearchStrategy[Recipe] = st.tuples(st.just("read"), st.integers(0, 3)) | st.tuples(st.just("pure"), numbers)


def _grown(inner: st.SearchStrategy[Recipe]) -> st.SearchStrategy[Recipe]:
    cases = st.lists(st.tuples(numbers, inner), max_size=3, unique_by=lambda case: case[0]).map(tuple)
    return st.one_of(
        st.tuples(st.just("map"), inner),
        st.tuples(st.just("lift"), st.lists(inner, max_size=3).map(tuple)),
        st.tuples(st.just("if"), inner, inner, inner),
        st.tuples(st.just("eq"), inner, numbers, inner, inner),
        st.tuples(st.just("match"), inner, cases, inner),
    )


recipes = st.recursive(leaves, _grown, max_leaves=12)
settings = st.lists(numbers, min_size=4, max_size=4)


def make(recipe: Recipe) -> Value[Any]:
    match recipe:
        case ("read", index):
            return KEYS[index].value
        case ("pure", number):
            return Value.pure(number)
        case ("map", inner):
            return make(inner).map(double)
        case ("lift", inner):
            return lift(add, *map(make, inner))
        case ("if", condition, then, otherwise):
            return make(condition).map(positive).if_(make(then), make(otherwise))
        case ("eq", inner, number, then, otherwise):
            return make(inner).eq(number).if_(make(then), make(otherwise))
        case ("match", inner, cases, default):
            return make(inner).match({label: make(case) for label, case in cases}, default=make(default))
    raise AssertionError(recipe)


def meaning(recipe: Recipe, read: Callable[[int], int]) -> int:
    match recipe:
        case ("read", index):
            return read(index)
        case ("pure", number):
            return int(number)
        case ("map", inner):
            return 2 * meaning(inner, read)
        case ("lift", inner):
            return sum(meaning(part, read) for part in inner)
        case ("if", condition, then, otherwise):
            return meaning(then if meaning(condition, read) > 0 else otherwise, read)
        case ("eq", inner, number, then, otherwise):
            return meaning(then if meaning(inner, read) == number else otherwise, read)
        case ("match", inner, cases, default):
            held = meaning(inner, read)
            return meaning(next((case for label, case in cases if label == held), default), read)
    raise AssertionError(recipe)


@given(recipes, settings)
def test_a_value_is_what_it_says_and_reads_only_what_that_takes(recipe: Recipe, held: list[int]) -> None:
    wanted: set[Key[int]] = set()
    asked: set[Key[int]] = set()

    def read(index: int) -> int:
        wanted.add(KEYS[index])
        return held[index]

    def ask(key: Key[int]) -> int:
        asked.add(key)
        return held[KEYS.index(key)]

    value = make(recipe)
    assert value.evaluate(ask) == meaning(recipe, read)
    assert asked == wanted
    assert asked <= set(value.keys)


def _mentioned(recipe: Recipe) -> list[int]:
    if recipe[0] == "read":
        return [recipe[1]]
    return [index for part in recipe[1:] if isinstance(part, tuple) for index in _within(part)]


def _within(part: tuple[Any, ...]) -> list[int]:
    if part and isinstance(part[0], str):
        return _mentioned(part)
    return [index for item in part if isinstance(item, tuple) for index in _within(item)]


@given(recipes)
def test_its_keys_are_all_that_are_mentioned(recipe: Recipe) -> None:
    keys = make(recipe).keys
    assert set(keys) == {KEYS[index] for index in _mentioned(recipe)}
    assert len(set(keys)) == len(keys)


@given(recipes, recipes)
def test_values_are_equal_where_they_are_made_alike(one: Recipe, two: Recipe) -> None:
    assert make(one) == make(one)
    assert hash(make(one)) == hash(make(one))
    assert (make(one) == make(two)) == (one == two)


@given(recipes, settings, st.sets(st.integers(0, 3)))
def test_what_is_known_evaluates_whatever_the_rest_will_be(recipe: Recipe, held: list[int], open_: set[int]) -> None:
    def partly(key: Key[int]) -> int:
        if KEYS.index(key) in open_:
            raise Undecided(key.name)
        return held[KEYS.index(key)]

    value = make(recipe)
    try:
        known = value.evaluate(partly)
    except Undecided:
        assert {KEYS[index] for index in open_} & set(value.keys)
    else:
        others = [1 - held[i] if i in open_ else held[i] for i in range(4)]
        assert known == value.evaluate(lambda key: others[KEYS.index(key)])


@given(recipes, settings)
def test_results_carry_over_from_one_evaluation_to_the_next(recipe: Recipe, held: list[int]) -> None:
    done: dict[int, Any] = {}
    value = make(recipe)
    again = [value, value.map(double), lift(add, value, value)]
    first = value.evaluate(lambda key: held[KEYS.index(key)], done)

    def never(key: Key[Any]) -> Any:
        raise AssertionError(f"{key} is read again")

    assert [part.evaluate(never, done) for part in again] == [first, 2 * first, 2 * first]


# Values given next to a key may be strings that it parses, and are checked.

colour = Key.opt("colour", arg.enum({"red": "`R", "blue": "`B", "azure": "`B"}), default="red")
port = Key.opt("port", arg.some(arg.int), default=None)


@pytest.mark.parametrize("held", ["red", "blue"])
def test_text_stands_for_the_value_of_a_key(held: str) -> None:
    def evaluate(value: Value[Any]) -> Any:
        return value.evaluate(lambda key: held if key == colour else 80)

    assert evaluate(colour.value.eq("azure")) == (held == "blue")
    assert evaluate(colour.value.match({"azure": 1}, default=2)) == (1 if held == "blue" else 2)
    assert evaluate(port.value.eq("80")) is True
    assert evaluate(port.value.eq(None)) is False
    assert evaluate(port.value.match({"0x50": "web"}, default="other")) == "web"


def test_what_a_key_can_never_be_is_refused() -> None:
    for wrong in ("green", 3, None):
        with pytest.raises(InvalidValue, match="--colour"):
            colour.value.eq(wrong)
        with pytest.raises(InvalidValue, match="--colour"):
            colour.value.match({wrong: 1}, default=2)


def test_no_case_and_no_default() -> None:
    value = colour.value.match({"blue": 1})
    assert value.evaluate(lambda _: "blue") == 1
    with pytest.raises(InvalidValue, match="no case for 'red' among 'blue'") as caught:
        value.evaluate(lambda _: "red")
    assert caught.value.objects == (value,)
    assert [place.file for place in caught.value.locations] == [__file__]


def test_none_is_a_default_like_any_other() -> None:
    value: Value[int | None] = colour.value.match({"blue": 1}, default=None)
    assert value.evaluate(lambda _: "red") is None


def test_a_function_that_fails_is_named_with_its_place() -> None:
    value = Value.pure(0).map(lambda x: 1 // x)
    with pytest.raises(DeviceError, match="ZeroDivisionError") as caught:
        value.evaluate(lambda _: None)
    assert isinstance(caught.value.__cause__, ZeroDivisionError)
    assert [place.file for place in caught.value.locations] == [__file__]


def test_errors_of_the_library_pass_through_a_function() -> None:
    with pytest.raises(InvalidValue, match=r"^--colour: 'green'"):
        Value.pure("green").map(colour.accept).evaluate(lambda _: None)


def test_lift_is_for_values() -> None:
    with pytest.raises(InvalidValue, match=r"use Value\.pure"):
        lift(add, KEYS[0].value, 3)  # type: ignore[arg-type]  # that is what is tested
    with pytest.raises(InvalidValue, match=r"not to the key .*: give its value"):
        lift(double, KEYS[0])  # type: ignore[call-overload]  # that is what is tested


def test_a_value_is_not_true_or_false_before_its_keys_are_known() -> None:
    value = KEYS[0].value
    tests: list[Callable[[], object]] = [
        lambda: value and value,
        lambda: value or value,
        lambda: not value,
        lambda: 1 if value else 2,
        lambda: bool(Value.pure(True)),
    ]
    for test in tests:
        with pytest.raises(InvalidValue, match="a Value is neither true nor false yet"):
            test()


def test_constants_of_any_kind_are_compared_by_value() -> None:
    made: list[Callable[[], Value[Any]]] = [
        lambda: Value.pure([package("p", min="1"), package("q")]),
        lambda: Value.pure({"a": [1, 2], "b": {3}}),
        lambda: Value.pure((KEYS[0].value, KEYS[1].value)),
        lambda: Value.pure((KEYS[1].value, KEYS[0].value)),
    ]
    values = [make() for make in made]
    assert values == [make() for make in made]
    assert len({*values, *(make() for make in made)}) == len(made)


# Size


@pytest.mark.parametrize("levels", [10_000])
def test_depth_and_sharing_cost_what_is_distinct(levels: int) -> None:
    calls = 0

    def counted(one: int, two: int) -> int:
        nonlocal calls
        calls += 1
        return (one + two) % 7

    def doubled() -> Value[int]:
        value = KEYS[0].value
        for _ in range(levels):
            value = lift(counted, value, value)
        return value

    one, two = doubled(), doubled()
    assert one == two
    assert hash(one) == hash(two)
    assert one != one.map(double)
    assert one.keys == (KEYS[0],)
    assert one.evaluate(lambda _: 1) == pow(2, levels, 7)
    assert calls == levels


def test_a_long_chain_of_choices_reads_down_to_the_one_taken() -> None:
    value: Value[Any] = Value.pure("end")
    for number in range(10_000):
        value = KEYS[0].value.eq(number).if_(number, value)
    reads = 0

    def read(key: Key[Any]) -> int:
        nonlocal reads
        reads += 1
        return 9_000

    assert value.evaluate(read) == 9_000
    assert reads <= 1_000
    assert value.evaluate(lambda _: -1) == "end"


OTHERS: list[object] = [0, 3, True, None, "", "k0", b"k0", 1.5, (), [], {}, object(), int, KEYS[0]]


@pytest.mark.parametrize("other", OTHERS, ids=lambda each: type(each).__name__)
@pytest.mark.parametrize(
    "value",
    [KEYS[0].value, Value.pure(3), KEYS[0].value.map(str), KEYS[0].value.eq(0)],
    ids=lambda each: type(each).__name__,
)
def test_a_value_is_compared_with_values_only(value: Value[Any], other: Any) -> None:
    for compare in (operator.eq, operator.ne, operator.lt, operator.le, operator.gt, operator.ge):
        for one, two in ((value, other), (other, value)):
            with pytest.raises(InvalidValue, match=r"not known before the keys are|is not its value"):
                compare(one, two)
    with pytest.raises(InvalidValue, match="cannot be compared"):
        assert other in value
    with pytest.raises(InvalidValue, match=r"\.eq\("):
        assert value in [other]


@pytest.mark.parametrize("other", [*OTHERS[:-1], KEYS[0].value], ids=lambda each: type(each).__name__)
def test_a_key_is_compared_with_keys_only(other: Any) -> None:
    for one, two in ((KEYS[0], other), (other, KEYS[0])):
        for compare in (operator.eq, operator.ne):
            with pytest.raises(InvalidValue, match=r"is not its value|not known before the keys are"):
                compare(one, two)
    with pytest.raises(InvalidValue, match=r"k0\.value\.eq"):
        assert KEYS[0] in ["x"]
    assert KEYS[0] != KEYS[1]
    assert KEYS[0] in KEYS


AMONG = {"xen", "qubes"}
"""A global variable: what is looked up in it is recognised by its name."""


def test_a_value_or_a_key_is_not_looked_for_where_none_can_be() -> None:
    key, value = KEYS[0], KEYS[0].value
    local = frozenset(["xen"])
    table = {"xen": 1}
    sought: list[Callable[[], object]] = [
        lambda: key in {"xen", "qubes"},
        lambda: key not in {"xen"},
        lambda: key in AMONG,
        lambda: key in local,
        lambda: [thing for thing in KEYS if thing in AMONG],
        lambda: value in {1, 2},
        lambda: value not in {1, 2},
        lambda: value in AMONG,
        lambda: value in local,
        lambda: value in table,
        lambda: [thing for thing in (value,) if thing not in table],
    ]
    for ask in sought:
        with pytest.raises(InvalidValue, match=r"\.eq, or \S*\.map\("):
            ask()


def test_what_may_be_a_member_is_looked_for() -> None:
    key, other = KEYS[:2]
    given: dict[Any, int] = {key: 1, "k1": 2}
    names: dict[Any, int] = {"k1": 2}
    mixed: set[Any] = {key, "k1"}
    nothing: set[Any] = set()
    assert key in given
    assert other not in given
    assert key not in names  # by name or by key, as in a context
    assert key in mixed
    assert other not in mixed
    assert key not in nothing
    values = {key.value: 1, other.value.map(double): 2}
    assert key.value in values
    assert other.value not in values
    assert {key.value} & set(values) == {key.value}


def test_keys_and_names_are_keys_of_one_mapping() -> None:
    context = {KEYS[0]: 1, "k1": 2, KEYS[0].value: 3}
    assert (context[KEYS[0]], context["k1"], context[KEYS[0].value]) == (1, 2, 3)
    assert "k0" not in context


@pytest.mark.parametrize("value", [KEYS[0].value, Value.pure(3), lift(add, *(key.value for key in KEYS))], ids=repr)
def test_a_value_is_no_part_of_a_text(value: Value[Any]) -> None:
    for write in (lambda: f"{value}", lambda: str(value), lambda: "%s" % value, lambda: f"{value:>9}"):
        with pytest.raises(InvalidValue, match="cannot be part of a string yet"):
            write()


def test_a_value_is_shown_by_its_keys() -> None:
    shown = {
        "<Value>": Value.pure("secret"),
        "<Value of k0>": KEYS[0].value.map(double),
        "<Value of k1, k0>": lift(add, KEYS[1].value, KEYS[0].value),
        "<Value of k0, k1, k2, …>": lift(add, *(key.value for key in KEYS)),
    }
    assert shown == {repr(value): value for value in shown.values()}


@pytest.mark.parametrize("key", [Key.flag("loud"), Key.required("token", arg.string), KEYS[0]], ids=str)
def test_a_key_is_neither_true_nor_false(key: Key[Any]) -> None:
    tests: list[Callable[[], object]] = [lambda: key and 1, lambda: key or 1, lambda: not key, lambda: 1 if key else 2]
    for test in tests:
        with pytest.raises(InvalidValue, match=rf"neither true nor false: choose by {key.name}\.value and if_impl"):
            test()
