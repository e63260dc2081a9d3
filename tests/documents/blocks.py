"""The blocks of code in handwritten pages, each with its place and language."""

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
    """As given by the fence; empty if it gives none, or if the block is indented."""
    code: str
    why_not: str | None
    """Why it is not run, according to the comment before it."""

    @property
    def file(self) -> str | None:
        """The name of the file that it contains, if its first line gives one."""
        found = _FILE.match(self.code)
        return found["name"] if found else None

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def pages() -> list[Path]:
    """Return the handwritten pages. Generated ones name their script, and have their own tests."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
    return sorted(path for path in found if not _MADE.search(path.read_text(encoding="utf-8")))


def blocks(page: Path) -> Iterator[Block]:
    """Return the blocks of `page`, in order, without Sphinx directives, whose language is in braces."""
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
