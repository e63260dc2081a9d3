"""The parts of opam files that need no parser: nothing necessary is lost, and no mistake is missed."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria.errors import InvalidOpamFile
from functoria.opam.file import parse
from functoria.opam.limits import Limits
from functoria.opam.plain import split
from functoria.opam.tree import Source, files
from tests.snapshots import OF_2018, OF_2026, snapshot

ONLY = ("opam-version", "depends", "available", "conflicts")
PIECES = [
    *('opam-version: "2.0"', 'depends: ["a" {>= "1"} ("b" | "c")]', 'available: os = "linux"', "available: !os"),
    *('synopsis: "x"', 'description: """\ndepends: ["z"]\n"""', 'build: [[make "all"] {with-test} ["x" name]]'),
    *('url { src: "u" checksum: ["md5=0" "x"] }', 'authors: ["a" "b"]', "flags: light", 'tags: ["x" {build & os}]'),
    *('depends: ["a" {= "1" & build} "b"{x|y}"c" {}]', 'conflicts: ["a" {! x}]', "conflicts: []", 'depends: "a" {x}'),
    *("depends", "authors", "true", ":", ": ", '"s"', '"', '"""', "[", "]", "{", "}", "(", ")", "&", "|", "!", "="),
    *(">=", "# authors: [", "(* depends: [ *)", "(*", "1", "-1", "+", "a:b", "\\", "$", "\n", "\r\n", " ", "os", "url"),
]


def read(text: str | bytes, only: tuple[str, ...] | None, **limits: int) -> Any:
    """Return the values of the fields, or the mistake and its place."""
    try:
        found = parse(text, only=only, limits=Limits(**limits)).fields
    except InvalidOpamFile as error:
        return error.message, error.locations
    return {name: found[name] for name in ONLY if name in found}


@settings(max_examples=600, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(PIECES), st.sampled_from(["", " ", "\n"])), max_size=14))
def test_what_is_asked_for_is_the_same_and_so_is_every_mistake(pieces: list[tuple[str, str]]) -> None:
    text = "".join(piece + gap for piece, gap in pieces)
    assert read(text, ONLY) == read(text, None)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES[:15]), min_size=2, max_size=8),
    st.integers(0, 10_000),
    st.sampled_from(PIECES[15:]),
    st.booleans(),
)
def test_of_files_with_one_mistake_too(statements: list[str], at: int, piece: str, instead: bool) -> None:
    text = "\n".join(statements)
    at %= len(text) + 1
    text = text[:at] + piece + text[at + instead :]
    assert read(text, ONLY) == read(text, None)


@pytest.mark.parametrize("name", [OF_2018, OF_2026])
def test_real_files_are_read_alike_and_most_of_them_is_left_out(name: str) -> None:
    found = [each.content for each in files(snapshot(name)) if isinstance(each, Source)][::37]
    assert len(found) > 100
    assert [read(each, ONLY) for each in found] == [read(each, None) for each in found]
    texts = [each.decode(errors="surrogateescape") for each in found]
    assert sum(len(split(each, ONLY).rest) for each in texts) < sum(map(len, texts)) / 10


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
def test_what_is_nested_too_deep_is_told_all_the_same(depth: int) -> None:
    text = 'opam-version: "2.0"\nbuild: [["a" {b}]]\n'
    assert read(text, ONLY, depth=depth) == read(text, None, depth=depth)


def test_time_is_linear_in_what_looks_plain_and_is_not() -> None:
    for text in (
        "authors: [" * 20_000,
        'a: ["x" ' * 20_000,
        "a: [" + '"x" {b} ' * 50_000,
        "u { a: " * 20_000,
        "#" * 10**5,
    ):
        assert split(text, ONLY)
