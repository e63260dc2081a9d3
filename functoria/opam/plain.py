"""Leaving out of an opam file what nobody asks for, where a pattern is enough to see that it is well formed.

Most of an opam file is for people: authors, descriptions, addresses. Reading all of a repository takes as long as a parser takes
for its tokens, and patterns see the plain ones many times as fast. What a pattern does not know stays for the parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

STRING = r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""|"(?!"")(?:[^"\\]++|\\.)*+"'
"""A pattern for a string, as the grammar has it."""
DEPTH = 4
"""How deep what is left out may be nested, with a margin."""

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
"""What a value may end with. After anything else, as an operator, a name is a part of the value."""


@cache
def _statement(kept: tuple[str, ...]) -> re.Pattern[str]:
    name = rf"(?!(?:{'|'.join(map(re.escape, (*kept, 'true', 'false')))})(?![A-Za-z0-9_+-])){_NAME}"
    return re.compile(rf"{_GAP}{name}(?:{_FIELD}|{_BLOCK})(?={_GAP}(?:[A-Za-z0-9_+-]|\Z))", re.DOTALL)


def without_the_rest(text: str, kept: Iterable[str]) -> str:
    """Return `text`, an opam file without comments in `(*`, and in it the fields `kept`, with less of the other statements.

    If the parser takes what is left, it takes the whole, with the same `kept`; if it does not, it may say another place.
    """
    statement = _statement(tuple(kept))
    left: list[str] = []
    start = end = 0
    """What is between these stays."""
    depth = 0
    complete = True
    while True:
        if depth == 0 and complete and (plain := statement.match(text, end)):
            left += (text[start:end], " ")
            start = end = plain.end()
            continue
        step = _STEP.match(text, end)
        if step is None:
            return "".join([*left, text[start:]])
        end = step.end()
        depth += (step["begin"] is not None) - (step["end"] is not None)
        complete = _COMPLETE.match(text, end - 1) is not None
