"""Files that are not Python: whatever the mistake, the line is quoted and the place marked."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria.cli import main

NOT_PYTHON = {
    "an operand that is missing": b"x = 3 +\n",
    "a file that ends there": b"x = 3 +",
    "a line that ends as on Windows": b"x = 1\r\ny = 3 +\r\n",
    "a byte order mark": b"\xef\xbb\xbfx = 3 +\n",
    "a form feed": b"x = 1\n\x0cy = 3 +\n",
    "letters of two bytes": "été = 'é' 'é' +\n".encode(),
    "an indented block": b"if 1:\n\tx = 3 +\n",
    "no block": b"def f():\nreturn 1\n",
    "a block that the file lacks": b"def f():\n",
    "an indent too much": b"x = 1\n  y = 2\n",
    "an indent of no block": b"def f():\n    x = 1\n  y = 2\n",
    "tabs and blanks": b"if True:\n        x = 1\n\ty = 2\n",
    "a colon that is missing": b"if True\n    x = 1\n",
    "an open bracket": b"x = (1, 2\ny = 3\n",
    "a bracket too much": b"x = 1)\n",
    "a bracket of another kind": b"x = (1]\n",
    "an open text": b"x = 'abc\n",
    "an open text of lines": b"x = '''abc\n",
    "an expression in a text": b"x = f'{a b}'\n",
    "an expression far in a text": b"y = 1\nx = register(f'a long name {a b} and more')\n",
    "a letter of no name": "x = “a”\n".encode(),
    "a keyword": b"class = 3\n",
    "a comma that is missing": b"x = [" + b"1, " * 60 + b"2 3]\n",
    "a statement in its place": b"f() = 3\n",
    "a statement out of its place": b"return 3\n",
    "an argument given twice": b"f(a=1, a=2)\n",
    "a byte that is not UTF-8": b"x = 1\ny = '\xe9'\n",
    "a byte that is not of the encoding": b"# coding: ascii\ny = '\xe9'\n",
    "a mistake in another encoding": b"# coding: latin-1\nx = '\xe9'\ny = 3 +\n",
    "a zero byte": b"x = '\0'\n",
    "brackets too deep": b"x = " + b"(" * 300 + b")" * 300 + b"\n",
}


def told(capsys: pytest.CaptureFixture[str], directory: Path, monkeypatch: pytest.MonkeyPatch, source: bytes) -> str:
    (directory / "config.py").write_bytes(source)
    monkeypatch.chdir(directory)
    assert main(["configure"]) == 1
    return capsys.readouterr().err


@pytest.mark.parametrize("what", NOT_PYTHON)
def test_the_place_is_marked(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    message, quoted, mark, *rest = told(capsys, tmp_path, monkeypatch, NOT_PYTHON[what]).split("\n")
    assert message.startswith("functoria: config.py is not valid Python: ")
    assert re.match(r"  at config\.py:\d+  \S", quoted)
    assert re.fullmatch(r" +\^+", mark)
    assert len(mark) <= max(len(quoted) + 1, 80)
    assert rest == [""]


@pytest.mark.parametrize("what", NOT_PYTHON)
def test_of_a_module_the_place_is_marked_too(
    what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "beside.py").write_bytes(NOT_PYTHON[what])
    _, quoted, mark, *_ = told(capsys, tmp_path, monkeypatch, b"import beside\n").split("\n")
    place = "config.py" if b"\0" in NOT_PYTHON[what] else "beside.py"  # Python does not tell which file has a zero byte
    assert quoted.startswith(f"  at {place}:")
    assert re.fullmatch(r" +\^+", mark)


def test_an_encoding_that_is_unknown_is_quoted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    said = told(capsys, tmp_path, monkeypatch, b"#!/usr/bin/env python\n# coding: nonsense\nx = 1\n")
    assert "unknown encoding: nonsense: name one that Python has" in said
    assert "  at config.py:2  # coding: nonsense\n" in said


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(source=st.binary(max_size=40))
def test_any_bytes_are_told_of(
    source: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert told(capsys, tmp_path, monkeypatch, b"( ) ( + " + source).startswith(
        "functoria: config.py is not valid Python: "
    )
