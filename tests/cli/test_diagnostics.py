"""Errors as people read them: what is wrong, where, and what to do, in a few lines."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from docs.generate_mistakes import PAGE, Shown, fresh, gallery, page

GALLERY = [pytest.param(shown, id=shown.name) for each in gallery().values() for shown in each]
SAID = [each for each in GALLERY if each.values[0].says]
REMEDY = re.compile(
    r"did you mean|Did you mean|is not one of|look swapped|was never closed|end it with|it has|there are|only on the|accepts|"
    r"^functoria: (default of key [^:]+|--[^:]+): .* is not |"  # what a value must be
    r"failed: \w+: |is not valid Python: |"  # Python's own messages
    r"\b(add|apply|bring|call|change|choose|close|declare|derive|end|give|import|keep|leave|let|list|lists|make|move|name|named|put|rename|"
    r"say|set|take|use|write|must|begin|bind|install|ask|fix|remove)\b"
)
"""How a remedy is phrased: what to do, what it must be, or what was likely meant."""


def test_there_is_a_gallery_of_many() -> None:
    assert len(GALLERY) >= 60


@pytest.mark.parametrize("shown", GALLERY)
def test_a_mistake_is_told_in_five_lines(shown: Shown) -> None:
    lines = shown.printed.removesuffix("\n").split("\n")
    for first in (number for number, line in enumerate(lines) if line.startswith("functoria: ")):
        told = [lines[first], *(line for line in lines[first + 1 :] if not line.startswith("functoria: "))]
        assert sum(-(-len(line) // 80) for line in told) <= 5, shown.printed


@pytest.mark.parametrize("shown", GALLERY)
def test_a_mistake_has_a_place_and_a_remedy(shown: Shown) -> None:
    assert shown.status != 0 or "warning: " in shown.printed
    typed = [word.partition("=")[0] for word in shown.typed.words]
    placed = re.search(r"\n  at [\w.-]+:\d+", shown.printed)
    first = shown.printed.partition("\n")[0]
    assert placed or any(word in first for word in [*typed, *shown.typed.files]), shown.printed
    assert REMEDY.search(first), first


@pytest.mark.parametrize("shown", SAID)
def test_a_mistake_is_the_one_that_is_meant(shown: Shown) -> None:
    if shown.status != 2:  # 2: in the command line's own words
        assert all(said in shown.printed for said in shown.says), shown.printed


@pytest.mark.parametrize("shown", GALLERY)
def test_what_is_marked_is_under_the_line_that_is_quoted(shown: Shown) -> None:
    lines = shown.printed.split("\n")
    for number, line in enumerate(lines):
        if line.strip("^ ") or "^" not in line:
            continue
        above = lines[number - 1]
        start, end = line.index("^"), len(line)
        file, place = re.match(r"  at ([\w.-]+):(\d+)", above).groups()  # type: ignore[union-attr]
        written = shown.typed.files[file].split("\n")[int(place) - 1]
        assert above[start:end].strip("…") in written
        assert end <= max(80, len(above))


def test_the_page_is_as_it_would_be_made() -> None:
    made = page()
    assert fresh(made), made


def test_the_page_is_made_alike_by_another_process() -> None:
    script = Path(PAGE).with_name("generate_mistakes.py")
    done = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
