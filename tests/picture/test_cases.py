"""When a choice takes a branch is said by the options that users give."""

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
        (TALK.value.map(lambda it: not it), "no --talk"),
        (both(TALK.value, LOUD.value), "--talk and --loud"),
        (lift(lambda one, two: one or two, TALK.value, LOUD.value), "--talk or --loud"),
        (WAY.value.eq("b"), "b"),
        (WAY.value.map(lambda way: way != "b"), "not b"),
        (both(WAY.value.eq("c"), LOUD.value), "--way c and --loud"),
        (both(WAY.value.map(lambda way: way != "c"), LOUD.value), "not --way c and --loud"),
        (MAYBE.value.map(lambda way: way is None), "no --maybe"),
        (both(MAYBE.value.map(lambda way: way is not None), TALK.value), "any --maybe and --talk"),
        (MAYBE.value.map(lambda way: way in ("x", "z")), "x, z"),
        (NAME.value.eq("some"), "if so"),
        (NAME.value.map(lambda name: False), "if so"),
        (TALK.value.map(lambda talk: talk == 1 // 0), "if so"),
    ],
)
def test_a_condition_is_said_by_options(condition: Value[bool], text: str) -> None:
    choice: Any = if_impl(condition, ONE, TWO)
    assert said(choice) == (text, "otherwise")


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
