"""Places in TOML files: each value and key is at its reported place."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from functoria.errors import ConfigError
from functoria.fleet.toml import Steps, Toml
from functoria.location import Location
from functoria.span import Span

NAMES = st.sampled_from(["a", "b", "c-d", '"e f"', "'g.h'", '"\\u00e9"', '"i#"'])
SCALARS = st.sampled_from(
    [
        *(
            "1",
            "-1_000",
            "0x1F",
            "1.5",
            "6.02e-23",
            "inf",
            "true",
            "false",
            "1979-05-27",
            "1979-05-27 07:32:00Z",
            "07:32:00.5",
        ),
        *(
            '"text"',
            "'li#ter]al'",
            '"a\\"b"',
            '"""\nlong "quoted"\n"""',
            "'''\nit's\n'''",
            '""""x"""""',
            '""',
            "''",
            '"é, }"',
        ),
    ]
)
GAPS = st.sampled_from(["", " ", "\t"])
LINES = st.sampled_from(["", " ", "\n", "\r\n", " # a ] comment\n", "\n\n  "])


@st.composite
def pairs(draw: st.DrawFn, values: st.SearchStrategy[str], name: str) -> str:
    return f"{name}{draw(GAPS)}={draw(GAPS)}{draw(values)}"


@st.composite
def lists(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    inner = draw(st.lists(values, max_size=3))
    text = "".join(f"{draw(LINES)}{each}{draw(LINES)}," for each in inner)
    return f"[{text.removesuffix(',') if draw(st.booleans()) else text}{draw(LINES)}]"


@st.composite
def inline(draw: st.DrawFn, values: st.SearchStrategy[str]) -> str:
    names = draw(st.lists(NAMES, max_size=3, unique=True))
    return "{" + ",".join(f"{draw(GAPS)}{draw(pairs(values, name))}{draw(GAPS)}" for name in names) + "}"


VALUES = st.recursive(SCALARS, lambda values: lists(values) | inline(values), max_leaves=6)


@st.composite
def documents(draw: st.DrawFn) -> str:
    lines = []
    for _ in range(draw(st.integers(0, 7))):
        path = draw(GAPS).join([draw(NAMES), *(f".{draw(GAPS)}{draw(NAMES)}" for _ in range(draw(st.integers(0, 2))))])
        kind = draw(st.sampled_from(["pair", "pair", "table", "tables"]))
        if kind == "pair":
            lines.append(f"{draw(GAPS)}{draw(pairs(VALUES, path))}{draw(GAPS)}")
        else:
            lines.append(f"[{path}]" if kind == "table" else f"[[{path}]]")
        lines.append(draw(st.sampled_from(["", "# a = [1, {", "\r"])))
    return "\n".join(lines)


def leaves(data: Any, steps: Steps = ()) -> Iterator[tuple[Steps, Any]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    yield steps, data
    for name, value in inner:
        yield from leaves(value, (*steps, name))


def slice_of(path: Path, place: Location) -> str:
    """Return the text that a place marks."""
    span = place.span
    assert isinstance(span, Span)
    lines = path.read_bytes().split(b"\n")[span.line - 1 : span.end_line]
    lines[-1] = lines[-1][: span.end_column]
    lines[0] = lines[0][span.column :]
    return b"\n".join(lines).decode()


def check(path: Path, text: str) -> bool:
    """Check the places of `text`; return False if it is not TOML."""
    path.write_bytes(text.encode())
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        with pytest.raises(ConfigError) as caught:
            Toml.read(path)
        (place,) = caught.value.locations
        assert place.line <= text.count("\n") + 1
        assert " (at " not in caught.value.message
        return False
    read = Toml.read(path)
    assert repr(read.data) == repr(data)
    for steps, value in leaves(data):
        if not steps:
            continue
        if steps in read._values:
            assert repr(tomllib.loads(f"x = {slice_of(path, read.at(*steps))}")) == repr({"x": value})
        else:  # a table, or a list of tables, with their own headers
            assert isinstance(value, (dict, list))
        if isinstance(steps[-1], str):
            (name,) = tomllib.loads(f"{slice_of(path, read.at_key(*steps))} = 1")
            assert name == steps[-1]
    scalars = {steps for steps, value in leaves(data) if not isinstance(value, (dict, list))}
    assert scalars <= read._values.keys() <= {steps for steps, _ in leaves(data)}
    return True


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(documents())
@example("[[a]]\n[a.b]\nc=1\n[[a]]\nb.d = [{x=1},\n{y=2}]\n[[a.e]]\n[[a.e]]\nf=1")
def test_each_value_and_key_is_where_it_is_said_to_be(tmp_path: Path, text: str) -> None:
    check(tmp_path / "x.toml", text)


def test_the_examples_that_python_is_tested_with(tmp_path: Path) -> None:
    tests = pytest.importorskip("test.test_tomllib", reason="this Python comes without its own tests")
    files = sorted(Path(os.path.dirname(tests.__file__), "data").rglob("*.toml"))
    assert len(files) > 50
    checked = 0
    for file in files:
        try:
            text = file.read_bytes().decode()
        except UnicodeDecodeError:
            continue
        checked += check(tmp_path / "x.toml", text)
    assert checked > 10


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a = [1,\nb = 2\n", 2),
        ("a = \n", 1),
        ("a = 1\n\n[b\nc = 1", 3),
        ("é = 1", 1),
        ('a = "é\n', 1),
        ('x = 1\na = "\\q"', 2),
        ("a = 1\na = 2", 2),
        ("[a]\n[a]\n", 2),
        ("\n\na = {b=1\n\n\n", 3),
    ],
)
def test_what_is_not_toml_is_marked(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "x.toml"
    path.write_text(text)
    with pytest.raises(ConfigError) as caught:
        Toml.read(path)
    (place,) = caught.value.locations
    assert place.line == line
    assert len(slice_of(path, place).strip()) == 1


def test_nested_too_deep(tmp_path: Path) -> None:
    (tmp_path / "x.toml").write_text("a = " + "[" * 5000)
    with pytest.raises(ConfigError):
        Toml.read(tmp_path / "x.toml")
