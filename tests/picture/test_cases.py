"""The branches of a choice are described by the options that users give."""

from __future__ import annotations

from typing import Any

import pytest

from functoria import Key, arg, foreign, if_impl, job, lift, match_impl, register
from functoria.picture.cases import said
from functoria.picture.document import document
from functoria.value import Value

TALK = Key.flag("talk", stage="configure")
LOUD = Key.flag("loud", stage="configure")
WAY = Key.opt("way", arg.enum(["a", "b", "c"]), default="a", stage="configure")
MAYBE = Key.opt("maybe", arg.some(arg.enum(["x", "y", "z"])), default=None, stage="configure")
NAME = Key.opt("name", arg.string, default="", stage="configure")
ONE, TWO, THREE = (foreign(f"Unikernel.{name}", job) for name in ("One", "Two", "Three"))


def both(a: Value[Any], b: Value[Any]) -> Value[bool]:
    return lift(lambda one, two: bool(one and two), a, b)


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (TALK.value, "--talk"),
        (TALK.value.map(lambda it: not it), "without --talk"),
        (both(TALK.value, LOUD.value), "--talk and --loud"),
        (lift(lambda one, two: one or two, TALK.value, LOUD.value), "--talk or --loud"),
        (WAY.value.eq("b"), "b"),
        (WAY.value.map(lambda way: way != "b"), "not b"),
        (both(WAY.value.eq("c"), LOUD.value), "--way=c and --loud"),
        (both(WAY.value.map(lambda way: way != "c"), LOUD.value), "--loud and without --way=c"),
        (MAYBE.value.map(lambda way: way is None), "without --maybe"),
        (both(MAYBE.value.map(lambda way: way is not None), TALK.value), "any --maybe and --talk"),
        (MAYBE.value.map(lambda way: way in ("x", "z")), "x, z"),
        (MAYBE.value.map(lambda way: way in (None, "x")), "not y, z"),
        (both(MAYBE.value.map(lambda way: way in ("y", "z")), TALK.value), "--maybe=y|z and --talk"),
        (NAME.value.eq("some"), "some"),
        (NAME.value.map(lambda name: len(name)).eq(4), "4"),
        (NAME.value.eq(""), "depending on --name"),
        (NAME.value.eq("some" * 40), "depending on --name"),
        (NAME.value.map(lambda name: False), "depending on --name"),
        (both(NAME.value.eq("some"), TALK.value), "depending on --name, --talk"),
        (both(TALK.value, TALK.value.map(lambda it: not it)), "never"),
        (TALK.value.map(lambda talk: True), "always"),
        (TALK.value.map(lambda talk: talk == 1 // 0), "never"),
    ],
)
def test_a_condition_is_said_by_options(condition: Value[bool], text: str) -> None:
    choice: Any = if_impl(condition, ONE, TWO)
    assert said(choice) == (text, "otherwise")


MANY = [Key.opt(f"the-number-{n}", arg.enum(["a", "b", "c", "d"]), default="a", stage="configure") for n in range(4)]


def test_of_a_long_condition_the_shortest_alternatives_are_said() -> None:
    """What is shown is enough for the branch to be taken, and the mark indicates that other values are too."""
    condition: Value[bool] = lift(
        lambda *all_: all_ == ("b", "b", "b", "b") or all_[3] == "c" or all_[2] == "d",
        *(key.value for key in MANY),
    )
    choice: Any = if_impl(condition, ONE, TWO)
    assert said(choice) == ("--the-number-2=d or --the-number-3=c or …", "otherwise")


def test_a_condition_none_of_whose_alternatives_is_short_is_said_by_its_comparison_or_its_keys() -> None:
    words: Value[str] = lift(lambda *all_: "same" if all_ == ("b", "c", "d", "b") else "", *(key.value for key in MANY))
    choice: Any = if_impl(words.eq("same"), ONE, TWO)
    assert said(choice) == ("same", "otherwise")
    choice = if_impl(words.map(bool), ONE, TWO)
    assert said(choice) == ("depending on --the-number-0, --the-number-1, --the-number-2, …", "otherwise")


def test_values_are_said_as_they_are() -> None:
    choice: Any = match_impl(WAY.value, {"b": ONE, "c": TWO}, default=THREE)
    assert said(choice) == ("b", "c", "otherwise")


def test_pictures_say_it_and_data_has_the_values() -> None:
    plan = register("cases", [if_impl(TALK.value, ONE, TWO)]).plan(partial=True)
    assert "--talk: " in plan.draw("text")
    for form in ("svg", "mermaid", "dot"):
        assert "otherwise" in plan.draw(form)
    choice = next(each for each in document(plan)["devices"] if each["branches"])
    assert [branch["case"] for branch in choice["branches"]] == ["true", "else"]
