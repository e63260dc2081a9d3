"""Recognise with patterns the parts of an opam file that are so simple that they need no parser.

Most of an opam file is for people: authors, descriptions, addresses. Most of the rest are lists of packages, whose conditions
repeat in thousands of files. Reading a repository takes as long as the parser takes for its tokens, and patterns match simple
ones many times as fast. Anything that no pattern matches is left to the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

STRING = r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""|"(?!"")(?:[^"\\]++|\\.)*+"'
"""A pattern for a string, as the grammar has it."""
DEPTH = 4
"""The maximum nesting that a pattern accepts, with a margin."""

_STRING = f"(?>{STRING})"
_GAP = r"(?>[ \t\r\n]++|\#[^\n]*+)*+"
_WORD = r"(?>[a-z][a-z0-9-]*+)(?![A-Za-z0-9_+:-])"
_ITEM = f"(?:{_STRING}|{_WORD})"
_WHEN = rf"(?:{_GAP}\{{{_GAP}{_WORD}{_GAP}\}})?+"
_LIST = rf"\[(?:{_GAP}{_ITEM}{_WHEN})*+{_GAP}\]"
_NESTED = rf"\[(?:{_GAP}(?:{_ITEM}|{_LIST}){_WHEN})*+{_GAP}\]"
_FIELD = rf"{_GAP}:{_GAP}(?>{_STRING}|{_NESTED})"
_NAME = r"[a-z](?>[a-z0-9-]*+)"
_BLOCK = rf"{_GAP}\{{(?:{_GAP}(?!true|false){_NAME}{_FIELD})*+{_GAP}\}}"
_STEP = re.compile(rf'{_GAP}(?:[^"#\[\](){{}} \t\r\n]++|{_STRING}|(?P<begin>[\[({{])|(?P<end>[\])}}]))', re.DOTALL)
"""One token at least; all that is neither a string nor a bracket is taken for one."""
_COMPLETE = re.compile(r'[\]})"A-Za-z0-9_+-]')
"""The characters that may end a value. After any other, such as an operator, a name belongs to the value."""


_CONDITION = rf"\{{((?:[^\"{{}}()\[\]#!?]++|{_STRING})*+)\}}"
_ENTRY = re.compile(rf"{_GAP}({_STRING})(?:{_GAP}{_CONDITION})?+", re.DOTALL)
_ENTRIES = rf"{_GAP}:{_GAP}\[(?P<entries>(?:{_GAP}{_STRING}(?:{_GAP}{_CONDITION.replace('(', '(?:', 1)})?+)*+){_GAP}\]"
_FOLLOWED = rf"(?={_GAP}(?:[A-Za-z0-9_+-]|\Z))"


class Entry(NamedTuple):
    """A string in a list, with the formulae in braces after it as they are written; None without braces."""

    string: str
    condition: str | None


class Split(NamedTuple):
    """An opam file, of which only the `rest` needs a parser."""

    rest: str
    lists: dict[str, list[Entry]]
    """The fields that are plain lists of strings."""


@cache
def _statement(kept: tuple[str, ...]) -> re.Pattern[str]:
    names = "|".join(map(re.escape, kept))
    other = rf"(?!(?:{names}|true|false)(?![A-Za-z0-9_+-])){_NAME}"
    return re.compile(
        rf"{_GAP}(?:{other}(?:{_FIELD}|{_BLOCK})|(?P<kept>{names}){_ENTRIES}){_FOLLOWED}",
        re.DOTALL,
    )


def split(text: str, kept: Iterable[str]) -> Split:
    """Split `text`, an opam file without comments in `(*`, keeping the fields `kept`.

    If the parser accepts the rest and the conditions, it accepts the whole text and finds the same fields `kept` in it, unless
    one of these is both in the rest and among the lists. If it does not, its error may name another place.
    """
    statement = _statement(tuple(kept))
    rest: list[str] = []
    lists: dict[str, list[Entry]] = {}
    start = end = 0
    """The parts between these stay."""
    depth = 0
    complete = True
    while True:
        plain = statement.match(text, end) if depth == 0 and complete else None
        if plain is not None and plain["kept"] not in lists:  # a repeated field is left to the parser
            if plain["kept"] is not None:
                lists[plain["kept"]] = [Entry(found[1], found[2]) for found in _ENTRY.finditer(plain["entries"])]
            rest.append(text[start:end])
            start = end = plain.end()
            continue
        step = _STEP.match(text, end)
        if step is None:
            rest.append(text[start:])
            return Split(" ".join(filter(None, map(str.strip, rest))), lists)
        end = step.end()
        depth += (step["begin"] is not None) - (step["end"] is not None)
        complete = _COMPLETE.match(text, end - 1) is not None
