"""Every block of code in a page is run or parsed by the rule of its language, or has a reason not to be."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.documents.blocks import ROOT, Block, blocks, pages
from tests.documents.running import RULES, Page, Wrong, free, matches
from tests.tools import run

PAGES = [pytest.param(page, id=str(page.relative_to(ROOT))) for page in pages() if any(blocks(page))]


@pytest.mark.parametrize("page", PAGES)
def test_the_blocks_of_a_page_run(page: Path, tmp_path: Path) -> None:
    directory = tmp_path / "page"
    directory.mkdir()
    # What Hypothesis has found in the library's modules is kept there: it need not read them again for each page.
    variables = {"PYTHONPATH": str(ROOT), "HYPOTHESIS_STORAGE_DIRECTORY": str(ROOT / ".hypothesis")}
    run(sys.executable, "-m", "tests.documents.running", page, directory, **variables)


def test_pages_of_both_kinds_are_found() -> None:
    assert {"README.md", "docs/tutorial.md", "docs/keys.md"} <= {parameter.id for parameter in PAGES}
    assert len([block for parameter in PAGES for block in blocks(parameter.values[0])]) > 90  # type: ignore[arg-type]


def test_a_block_that_is_not_run_says_why() -> None:
    for parameter in PAGES:
        for block in blocks(parameter.values[0]):  # type: ignore[arg-type]
            assert block.why_not is None or len(block.why_not.split()) > 3, str(block)
            assert block.language in RULES or block.why_not, str(block)


def block(code: str, language: str = "python") -> Block:
    return Block(ROOT / "README.md", 1, language, code, None)


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "print(unknown)"),
        ("python", "def test_it():\n    assert False\n"),
        ("python", "from functoria import job\nfrom mirage_devices import register\napp = register('a', [job])\n"),
        ("ocaml", "let = 3"),
        ("ocaml", 'let () = register "a" [ nothing ]'),
        ("console", "$ echo yes\nno\n"),
        ("sh", "functoria confgure"),
        ("sh", "functoria configure --no-such-option"),
        ("sh", "if"),
        ("toml", "a = "),
        ("json", "{"),
        ("", "x"),
        ("klingon", "x"),
    ],
)
def test_a_wrong_block_is_found(tmp_path: Path, language: str, code: str) -> None:
    with pytest.raises(Exception):  # noqa: B017, PT011 - of any kind
        Page(tmp_path).run(block(code, language))


def test_a_block_has_of_those_before_only_what_it_uses(tmp_path: Path) -> None:
    page = Page(tmp_path)
    page.run(block("x = 1\ny = 2\n"))
    page.run(block("z = x + len([y for y in (1, 2)])\nassert z == 3\n"))
    page.run(block("assert 'y' not in globals() and x == 1\n"))
    with pytest.raises(Wrong, match="defines w"):
        page.run(block("def f():\n    return w\n"))


def test_names_that_are_free() -> None:
    assert free(
        "import a\nfrom b import c\nd = [e for e in a.f]\nclass G:\n    h = i\n    def j(self): return k\n", ""
    ) == {"i", "k"}


def test_dots_stand_for_any_lines() -> None:
    assert matches("a\n...\nd\n", "a\nb\nc\nd\n")
    assert matches("...\n", "")
    assert not matches("a\n...\nd\n", "a\nb\nc\n")
    assert not matches("", "a\n")
