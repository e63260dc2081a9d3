"""Bounds are intervals, with the same meaning in opam's notation and in PEP 440's."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from functoria import Bounds, FunctoriaError, Version, merge, package
from functoria.bounds import intersection
from functoria.errors import InvalidVersion

LEGAL = "abzABZ0129.+~-_"
versions = st.one_of(
    st.lists(st.integers(0, 12).map(str), min_size=1, max_size=4).map(".".join),
    st.text(st.sampled_from(LEGAL), min_size=1, max_size=8),
)
releases = st.lists(st.integers(0, 5).map(str), min_size=1, max_size=4).map(".".join)
bounds = st.builds(Bounds, st.none() | versions, st.none() | versions)
numeric = st.builds(Bounds, st.none() | releases, st.none() | releases)


@given(bounds, bounds, versions)
def test_intersection_holds_what_both_hold(one: Bounds, two: Bounds, version: str) -> None:
    assert (version in one & two) == (version in one and version in two)


@given(st.lists(bounds, max_size=5), versions)
def test_intersection_of_many_in_any_order(parts: list[Bounds], version: str) -> None:
    assert intersection(parts) == intersection(reversed(parts))
    assert intersection(parts + parts) == intersection(parts)
    assert (version in intersection(parts)) == all(version in part for part in parts)


@given(bounds, versions)
def test_empty_bounds_hold_nothing(one: Bounds, version: str) -> None:
    assert not (one.empty and version in one)
    assert one.empty or one.min is None or one.min in one


@given(bounds, bounds, versions)
def test_includes_is_containment(one: Bounds, two: Bounds, version: str) -> None:
    assert one.includes(one & two)
    assert one.includes(two) == (two.empty or one & two == two)
    if one.includes(two):
        assert not (version in two and version not in one)


@given(bounds)
def test_opam_form_reads_back(one: Bounds) -> None:
    assert Bounds.of_opam(str(one)) == one
    assert Bounds.of_opam(" & ".join(one.conditions())) == one
    assert str(Bounds.of_opam(str(one))) == str(one)


def same_but_zeros(one: Bounds) -> bool:
    """Return whether only opam has versions between the ends, as between 1 and 1.0."""
    return not one.empty and None not in (one.min, one.max) and SpecifierSet(f"=={one.min}").contains(str(one.max))


@given(numeric)
def test_specifiers_read_back(one: Bounds) -> None:
    if same_but_zeros(one):
        with pytest.raises(InvalidVersion, match="holds them equal"):
            one.specifiers()
        return
    again = Bounds.of_specifiers(one.specifiers())
    assert again == one
    assert again.specifiers() == one.specifiers()


@given(numeric, releases)
def test_specifiers_admit_the_same_releases_as_packaging(one: Bounds, version: str) -> None:
    # opam orders 1.0 before 1.0.0, but PEP 440 has them equal; they agree on versions with at least as many numbers.
    longest = max([len(end.text.split(".")) for end in (one.min, one.max) if end is not None], default=1)
    if same_but_zeros(one):
        return
    padded = ".".join([*version.split("."), *["0"] * (longest - len(version.split(".")))])
    assert (padded in one) == SpecifierSet(one.specifiers()).contains(padded)


@given(bounds)
def test_what_pep_440_cannot_say_is_refused(one: Bounds) -> None:
    ends = [end.text for end in (one.min, one.max) if end is not None]
    sayable = all(number.isdigit() for end in ends for number in end.split("."))
    try:
        text = one.specifiers()
    except InvalidVersion:
        assert not sayable or same_but_zeros(one)
    else:
        assert sayable
        assert Bounds.of_specifiers(text) == one


@given(st.lists(st.tuples(st.sampled_from([">=", "<", "~="]), releases), min_size=1, max_size=4), st.randoms())
def test_specifiers_are_read_one_by_one(written: list[tuple[str, str]], chance: Any) -> None:
    parts = [f"{sign}{text}" for sign, text in written if sign != "~=" or "." in text]
    whole = intersection(Bounds.of_specifiers(part) for part in parts)
    text = ",".join(chance.sample(parts, len(parts)))
    if same_but_zeros(whole):
        with pytest.raises(InvalidVersion, match="holds them equal"):
            Bounds.of_specifiers(text)
    else:
        assert str(Bounds.of_specifiers(text)) == str(whole)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("", Bounds()),
        (">=1.0,>=1", Bounds("1.0")),
        (">=1,>=1.0", Bounds("1.0")),
        ("<1.0,<1", Bounds(max="1")),
        ("<1,<1.0,<1.0.0", Bounds(max="1")),
        ("~=3.5", Bounds("3.5", "4")),
        ("~=1.9.9", Bounds("1.9.9", "1.10")),
        (">=3.5,<3.6", Bounds("3.5", "3.6")),
        (" >= 3.5 , < 3.6 ", Bounds("3.5", "3.6")),
        (">=1.0,>=2.0,<9", Bounds("2.0", "9")),
        ("~=" + "9" * 5000 + ".1", Bounds("9" * 5000 + ".1", "1" + "0" * 5000)),
    ],
)
def test_specifiers(text: str, want: Bounds) -> None:
    assert Bounds.of_specifiers(text) == want


@pytest.mark.parametrize(
    "text",
    [
        "==1.0",
        "==1.*",
        "===1.0",
        "!=1.0",
        ">1.0",
        "<=1.0",
        ">=1.0rc1",
        ">=v1.0",
        ">=1!2.0",
        ">=1,<1.0",
        ">=1.2,<1.2.0.0",
        ">=01.2,<1.2.0,<9",
        ">=1.0.post1",
        "<1.0.dev1",
        "1.0",
        ">=",
    ],
)
def test_specifiers_that_no_interval_says(text: str) -> None:
    with pytest.raises(InvalidVersion):
        Bounds.of_specifiers(text)


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("", Bounds()),
        ("{}", Bounds()),
        ('{>= "3.5.0" & < "3.6.0"}', Bounds("3.5.0", "3.6.0")),
        ('<"3.6.0"&>="3.5.0"', Bounds("3.5.0", "3.6.0")),
        ('{ >= "1" & >= "2~beta" }', Bounds("2~beta")),
    ],
)
def test_opam_form(text: str, want: Bounds) -> None:
    assert Bounds.of_opam(text) == want


@pytest.mark.parametrize(
    "text",
    [
        '{= "1"}',
        '{!= "1"}',
        '{> "1"}',
        '{<= "1"}',
        '{>= "1" | < "0"}',
        "{build}",
        '{>= "1" & build}',
        "{>= 1}",
        '{>= "1"',
        "x",
        '{>= ""}',
        '{>= "1 2"}',
        "&",
        '{>= "1" &}',
    ],
)
def test_opam_forms_that_no_interval_says(text: str) -> None:
    with pytest.raises(InvalidVersion):
        Bounds.of_opam(text)


@pytest.mark.parametrize("nothing", [None, 5, b">=1", [">=1"]])
def test_what_is_no_text_is_refused(nothing: object) -> None:
    for read in (Bounds.of_opam, Bounds.of_specifiers):
        with pytest.raises(FunctoriaError):
            read(nothing)  # type: ignore[arg-type]  # the mistake is the point


@given(versions)
def test_compatible_admits_its_minimum_and_not_its_maximum(version: str) -> None:
    try:
        found = Bounds.compatible(version)
    except InvalidVersion:
        return
    assert version in found
    assert found.max is not None
    assert found.max not in found
    assert Bounds(version).includes(found)


@given(st.lists(numeric, min_size=1, max_size=4), releases)
def test_merging_packages_is_intersection(parts: list[Bounds], version: str) -> None:
    whole = intersection(parts)
    if whole.empty or any(part.empty for part in parts):
        return
    merged = merge(package("p", min=part.min, max=part.max) for part in parts)
    assert merged.bounds == whole
    assert merged.allows(version) == all(part.allows(Version(version)) for part in parts)


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "}",
        "{{}}",
        "{}}",
        '{>= "1"',
        '>= "1"}',
        '{>= "1")',
        '(>= "1"}',
        '{>= "1"~',
        '{>= "1"|',
        '|>= "1"}',
        '~>= "1"}',
    ],
)
def test_braces_around_bounds_are_a_pair(text: str) -> None:
    with pytest.raises(InvalidVersion):
        Bounds.of_opam(text)
    assert Bounds.of_opam('{>= "1"}') == Bounds.of_opam(' >= "1" ') == Bounds.of_opam(' { >= "1" } ')
    assert Bounds.of_opam("{}") == Bounds.of_opam("") == Bounds()
