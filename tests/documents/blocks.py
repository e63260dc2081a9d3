"""The blocks of code in the pages that people write: where each is, and in which language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
_WHY_NOT = re.compile(r"<!-- not run: (?P<reason>.+?) -->\s*", re.DOTALL)
_MADE = re.compile(r"<!-- Made by (?P<script>docs/\w+\.py)")
_FILE = re.compile(r"(?:#|\(\*|//|;) (?P<name>[\w./-]+\.\w+)(?: \*\))?\n")


@frozen
class Block:
    """A block of code in a page."""

    page: Path
    line: int
    """The line of the page on which its code begins."""
    language: str
    """As the fence says; empty for one that says nothing, or that is indented."""
    code: str
    why_not: str | None
    """Why it is not run, as the page says before it."""

    @property
    def file(self) -> str | None:
        """The name of the file that it is, if its first line says one."""
        found = _FILE.match(self.code)
        return found["name"] if found else None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """The pages that people write: those that a script makes say which, and it has a test of its own."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path for path in found if not _MADE.search(path.read_text(encoding="utf-8")))


def blocks(page: Path) -> Iterator[Block]:
    """The blocks of `page`, in order. Directives of Sphinx, whose language is in braces, are the site's to read."""
    reason: str | None = None
    for token in MarkdownIt("commonmark").parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block" and (found := _WHY_NOT.fullmatch(token.content)):
            reason = " ".join(found["reason"].split())
        if token.type not in ("fence", "code_block") or token.map is None:
            continue
        language = token.info.partition(" ")[0]
        if not language.startswith("{"):
            first = token.map[0] + (2 if token.type == "fence" else 1)
            yield Block(page, first, language, token.content, reason)
        reason = None
