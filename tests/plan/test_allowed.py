"""Sentences and labels describe the values that a condition allows in the same way, and exactly."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from functoria import Key, arg
from functoria.plan.allowed import Allowed, given_first

WAY = Key.opt("way", arg.string, default="", flags=["w", "way"])
TARGET = Key.opt("target", arg.string, default="")
FLAG = Key.flag("flag")
TEXTS = ["hvt", "xen", "qubes", "spt", "unix"]


def said(text: str, option: str) -> tuple[bool, set[str | None]] | None:
    """Return which values a label or a sentence includes or excludes; None if it only mentions whether one is given."""
    included = not re.match("without |not |on every target except ", text)
    rest = re.sub("^(with|without|not|where target is|on every target except) ", "", text)
    if rest.strip("()") in (option, f"any {option}"):
        return None
    listed = re.split(r" or | and |, |\|", rest.strip("()"))
    return included, {None if each == f"no {option}" else each.removeprefix(f"{option}=") for each in listed}


@given(
    key=st.sampled_from([WAY, TARGET]),
    texts=st.lists(st.sampled_from(TEXTS), min_size=1, unique=True),
    extra=st.sets(st.sampled_from(["none", "other"])),
    data=st.data(),
)
def test_what_is_said_is_what_is_allowed(key: Key[str], texts: list[str], extra: set[str], data: st.DataObject) -> None:
    other = "another" if "other" in extra else None
    values = (*([None] if "none" in extra else []), *texts, *([other] if other else []))
    places = data.draw(st.sets(st.integers(0, len(values) - 1), min_size=1))
    assume(len(places) < len(values))
    kept = {values[place] for place in places}
    rest = set(values) - kept
    each = Allowed(key, values, frozenset(places), other)
    for text in (each.sentence, each.label(alone=True), each.label(alone=False)):
        found = said(text, each.option)
        assert "another" not in text
        if found is None:
            assert (kept if text.startswith("without ") else rest) == {None}
        else:
            assert found == ((True, kept) if each.side.included else (False, rest))


def test_what_to_give_comes_first() -> None:
    assert given_first(["without --a", "--b", "without --c", "with --d"]) == [
        "--b",
        "with --d",
        "without --a",
        "without --c",
    ]


@pytest.mark.parametrize(
    ("values", "places", "sentence", "label"),
    [
        (("true", "false"), {0}, "with --flag", "--flag"),
        (("true", "false"), {1}, "without --flag", "without --flag"),
        ((None, "true"), {1}, "with --flag", "--flag"),
        ((None, "true"), {0}, "without --flag", "without --flag"),
    ],
)
def test_flags(values: tuple[str | None, ...], places: set[int], sentence: str, label: str) -> None:
    each = Allowed(FLAG, values, frozenset(places))
    assert (each.sentence, each.label(alone=True), each.label(alone=False)) == (sentence, label, label)


def test_the_fewer_are_said_and_of_as_many_those_that_have_texts() -> None:
    def told(kept: set[int], count: int = 4) -> list[str]:
        each = Allowed(WAY, (None, *TEXTS[: count - 1]), frozenset(kept))
        return [each.sentence, each.label(alone=True), each.label(alone=False)]

    assert told({0}) == ["without --way"] * 3
    assert told({1, 2, 3}) == ["with any --way", "any --way", "any --way"]
    assert told({0, 1}) == ["without --way=xen or --way=qubes", "not xen, qubes", "without --way=xen|qubes"]
    assert told({1, 2}) == ["with --way=hvt or --way=xen", "hvt, xen", "--way=hvt|xen"]
    assert told({0, 1}, 5) == ["with --way=hvt or no --way", "hvt, no --way", "(--way=hvt or no --way)"]
    assert told({0, 1, 2}) == ["without --way=qubes", "not qubes", "without --way=qubes"]
