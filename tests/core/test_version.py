"""Versions: a total order, the one of opam and Debian, and MirageOS's rule for upper bounds."""

from __future__ import annotations

import itertools
import random
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from packaging.version import Version as Release

from functoria import Version
from functoria.errors import InvalidVersion
from tests.tools import need, run

LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
LEGAL = LETTERS + "0123456789._+~-"
PIECES = ["0", "1", "01", "10", "~", "a", "Z", ".", "-", "+", "_"]

# Pieces hit the edge cases more often than characters do; characters can form versions that pieces cannot.
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=7).map("".join) | st.text(LEGAL, min_size=1, max_size=20)
versions = texts.map(Version)
numbers = st.integers(0, 120)
releases = st.tuples(numbers, numbers, numbers).map(lambda parts: ".".join(map(str, parts)))


@given(versions, versions)
def test_of_two_versions_exactly_one_is_less_or_both_are_equal(a: Version, b: Version) -> None:
    assert [a < b, a == b, b < a].count(True) == 1
    assert (a <= b) == (a < b or a == b)
    assert (a >= b) == (b < a or a == b)
    assert (a != b) == (a < b or b < a)


@given(versions, versions, versions)
@example(Version("0~"), Version("0"), Version("0-~"))
def test_order_is_transitive(a: Version, b: Version, c: Version) -> None:
    low, middle, high = sorted([a, b, c])
    assert low <= middle <= high
    assert low <= high
    assert (low == high) == (low == middle == high)


@given(texts, texts)
def test_equal_versions_hash_alike_and_text_is_kept(a: str, b: str) -> None:
    assert Version(a) == Version(a)
    assert str(Version(a)) == a
    assert Version(a) != a
    if Version(a) == Version(b):
        assert hash(Version(a)) == hash(Version(b))


@given(texts, st.integers(0, 6), st.data())
def test_leading_zeros_change_nothing(text: str, zeros: int, data: st.DataObject) -> None:
    starts = [i for i, char in enumerate(text) if char.isdigit() and not text[i - 1 : i].isdigit()]
    assume(starts)
    at = data.draw(st.sampled_from(starts))
    padded = text[:at] + "0" * zeros + text[at:]
    assert Version(padded) == Version(text)
    assert hash(Version(padded)) == hash(Version(text))


def test_the_order_of_familiar_versions() -> None:
    in_order = ["1.0~~", "1.0~beta", "1.0", "1.0-1", "1.0a", "1.0+1", "1.0.0", "1.2", "1.10", "v0.9", "v0.10"]
    shuffled = random.Random(7).sample(in_order, len(in_order))
    assert [str(version) for version in sorted(map(Version, shuffled))] == in_order
    assert Version("0.9") < Version("v0.9")
    assert Version("0~") < Version("0")
    assert Version("1-0~") < Version("1") == Version("1-0")
    assert Version("1.0") == Version("1.00") != Version("1.0.0")


@given(
    st.text("0123456789", min_size=1, max_size=12),
    st.text("0123456789", min_size=1, max_size=12),
    st.sampled_from([0, 1, 4299, 4300, 4301, 20_000]),
)
def test_numbers_compare_as_numbers_however_long(a: str, b: str, more: int) -> None:
    # Python itself refuses to parse a number of more than 4300 digits; Decimal parses them all.
    one, two = a + "7" * more, b + "7" * more
    assert (Version(one) < Version(two)) == (Decimal(one) < Decimal(two))
    assert (Version("x" + one) == Version("x" + two)) == (Decimal(one) == Decimal(two))
    assert Version(one) < Version(f"1{one}")


@given(st.text(min_size=1, max_size=12))
def test_other_characters_are_refused(text: str) -> None:
    assume(not set(LEGAL).issuperset(text))
    with pytest.raises(InvalidVersion, match="is not a version") as caught:
        Version(text)
    assert caught.value.objects == (text,)


@pytest.mark.parametrize("text", ["", 1, 1.0, None, b"1.0", ["1"]])
def test_what_is_no_text_or_empty_is_refused(text: object) -> None:
    with pytest.raises(InvalidVersion):
        Version(text)  # type: ignore[arg-type]  # that is what is tested


@given(versions)
def test_of_takes_versions_and_text(version: Version) -> None:
    assert Version.of(version) is version
    assert Version.of(str(version)) == version


# Debian's own comparison, for the versions that Debian's policy allows.

debian = st.builds(
    "{}{}{}".format,
    st.integers(0, 12),
    st.lists(st.sampled_from([*"019.+~az", "10", "007", "rc", ".0"]), max_size=5).map("".join),
    st.just("") | st.lists(st.sampled_from([*"01.+~az", "10"]), min_size=1, max_size=3).map(lambda p: "-" + "".join(p)),
)
_DPKG = """
while [ $# -gt 0 ]; do
  if dpkg --compare-versions "$1" lt "$2"; then echo '<'
  elif dpkg --compare-versions "$1" eq "$2"; then echo '='
  else echo '>'; fi
  shift 2
done
"""


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(debian, debian), min_size=40, max_size=60))
def test_dpkg_agrees(pairs: list[tuple[str, str]]) -> None:
    need("dpkg", "sh")
    done = run("sh", "-c", _DPKG, "sh", *itertools.chain.from_iterable(pairs))
    assert done.stderr == ""
    assert done.stdout.split() == [_relation(Version(a), Version(b)) for a, b in pairs]


def _relation(a: Version, b: Version) -> str:
    return "<" if a < b else "=" if a == b else ">"


# opam's own order: it lists the versions of a package in order, but only one of several equal ones.


def _many_versions() -> list[str]:
    short = ["".join(pieces) for n in (1, 2, 3) for pieces in itertools.product(PIECES, repeat=n)]
    chance = random.Random(33)
    longer = ["".join(chance.choices(PIECES, k=chance.randint(4, 9))) for _ in range(1200)]
    real = ["0.9", "v0.9", "v0.10.0", "1.0~beta", "1.0~beta2", "1.0-1", "3.0.1", "3.0.1+dune", "20181113", "rc1"]
    digits = ["9" * n + end for n in (50, 200) for end in ("", "0", ".1", "~")] + ["0" * 100 + "9" * 50]
    return sorted({*short, *longer, *real, *digits})


def test_opam_lists_in_this_order_and_takes_the_same_for_equal(tmp_path: Path) -> None:
    need("opam")
    texts = _many_versions()
    repository = tmp_path / "repository"
    for text in texts:
        package = repository / "packages" / "p" / f"p.{text}"
        package.mkdir(parents=True)
        (package / "opam").write_text('opam-version: "2.0"\n')
    (repository / "repo").write_text('opam-version: "2.0"\n')

    def opam(*words: str | Path) -> str:
        return run("opam", *words, OPAMROOT=str(tmp_path / "root"), OPAMROOTISOK="1").stdout

    opam("init", "--bare", "-n", "--disable-sandboxing", "-k", "local", repository)
    opam("switch", "create", "e", "--empty")
    listed = opam("show", "p", "-f", "all-versions").split()

    assert len(listed) > 1000
    assert set(listed) <= set(texts)
    order = [Version(text) for text in listed]
    assert [(str(a), str(b)) for a, b in itertools.pairwise(order) if not a < b] == []
    assert {Version(text) for text in texts} == set(order)


def test_opam_accepts_and_refuses_the_same_characters(tmp_path: Path) -> None:
    need("opam")
    characters = [chr(code) for code in range(0x20, 0x7F)]
    for number, char in enumerate(characters):
        written = "\\" + char if char in '"\\' else char
        (tmp_path / f"{number:03}.opam").write_text(f'opam-version: "2.0"\nversion: "1{written}0"\n')
    verdicts = run("opam", "lint", *sorted(tmp_path.glob("*.opam")), check=False).stdout.split("Errors.")[1:]
    assert len(verdicts) == len(characters)
    for char, verdict in zip(characters, verdicts, strict=True):
        assert ("in 'version'" not in verdict) == _accepted(f"1{char}0"), char


def _accepted(text: str) -> bool:
    try:
        return str(Version(text)) == text
    except InvalidVersion:
        return False


# MirageOS's rule for upper bounds


@given(releases)
@example("0.4.2")
@example("1.5.0")
def test_next_incompatible_is_the_next_minor_below_one_and_the_next_major_from_there(text: str) -> None:
    major, minor, _ = Release(text).release
    expected = (major + 1, 0, 0) if major else (0, minor + 1, 0)
    assert Release(str(Version(text).next_incompatible())).release == expected


@given(releases, numbers, numbers)
def test_next_incompatible_is_the_least_release_that_may_break(text: str, major: int, minor: int) -> None:
    bound = Version(text).next_incompatible()
    for may_break in (f"0.{minor}.0", f"{major + 1}.0.0"):
        if Version(may_break) > Version(text):
            assert bound <= Version(may_break)
    assert bound.next_incompatible() > bound > Version(text)


@pytest.mark.parametrize(
    ("version", "bound"),
    [
        ("0.4.2", "0.5.0"),
        ("1.5.0", "2.0.0"),
        ("0.0.9", "0.1.0"),
        ("0.9.1", "0.10.0"),
        ("v0.11.2", "v0.12.0"),
        ("v1.0", "v2.0.0"),
        ("3", "4.0.0"),
        ("0", "0.1.0"),
        ("09.1", "10.0.0"),
        ("00.4", "0.5.0"),
        ("1.0~beta", "2.0.0"),
        ("9" * 5000, "1" + "0" * 5000 + ".0.0"),
    ],
)
def test_next_incompatible_of(version: str, bound: str) -> None:
    assert str(Version(version).next_incompatible()) == bound


@given(texts)
@example("0_5")
def test_next_incompatible_is_above_whatever_the_version_or_refused(text: str) -> None:
    with suppress(InvalidVersion):
        assert Version(text).next_incompatible() > Version(text)


@pytest.mark.parametrize("text", ["dev", "~1", "rc1", "version1", ".1"])
def test_next_incompatible_of_what_begins_with_no_number_is_refused(text: str) -> None:
    with pytest.raises(InvalidVersion, match="give max="):
        Version(text).next_incompatible()
