"""Parsing opam files: the syntax of opam's format 2.0, with any fields.

The result consists of the values of `functoria.opam.nodes`. `parse` reads a file, `condition` a formula as written in
braces. Both take time and memory linear in the length of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from functoria.errors import ConfigError, InvalidOpamFile
from functoria.location import Location
from functoria.opam.limits import LIMITS, Limits, over
from functoria.opam.nodes import (
    And,
    Conditional,
    Group,
    Items,
    Not,
    Or,
    Relation,
    Value,
    Word,
    of_data,
    to_data,
)
from functoria.opam.plain import DEPTH, STRING, split

if TYPE_CHECKING:
    from lark import Lark, Token

GRAMMAR = Path(__file__).with_suffix(".lark")
"""The file with the grammar."""
_ESCAPE = re.compile(r"\\(?:\r?\n[ \t]*|([0-9]{3})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_CODE = re.compile(rf'(?:[^"#(]++|\((?!\*)|#[^\n]*+|{STRING})*+', re.DOTALL)
"""The text between two comments. It ends at an unclosed string."""
_SHORT = 200
"""The length up to which texts are likely to be in other files too."""
_MARKS = re.compile(r"\(\*|\*\)")
_CHARS = re.compile(r"[^\n]")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b"}


class Section(NamedTuple):
    """A named block of fields: `url { … }`, `extra-source "fix.patch" { … }`."""

    kind: str
    name: str | None
    fields: OpamFile


class OpamFile(NamedTuple):
    """The fields, by name, and the sections in order. Like opam, it takes the first of duplicate fields."""

    fields: Mapping[str, Value]
    sections: tuple[Section, ...]


def parse(
    text: str | bytes, *, name: str = "opam", limits: Limits = LIMITS, only: Iterable[str] | None = None
) -> OpamFile:
    """Parse the text of the opam file `name`. Raises InvalidOpamFile, with the position of the error.

    Of `limits`, those of the file's size and depth apply. Where `only` names fields, others may be missing from the result,
    which is the sooner there; the whole is checked all the same.
    """
    read: OpamFile = _read(text, name, "file", limits, only)
    return read


def condition(text: str, *, limits: Limits = LIMITS) -> Value | None:
    """Parse a formula as written in braces, without these; None for empty text. Raises InvalidOpamFile."""
    read: Value | None = _read(text, "condition", "condition", limits)
    return read


def _read(text: str | bytes, name: str, start: str, limits: Limits, only: Iterable[str] | None = None) -> Any:
    try:
        from lark.exceptions import UnexpectedInput, VisitError
    except ModuleNotFoundError:
        raise ConfigError(
            "opam files are read with lark, which is missing: install it with pip install 'functoria[audit]'"
        ) from None
    source, line = "", 1
    try:
        if len(text) > limits.file:
            raise _Wrong(over(f"it has more than {limits.file:,} bytes", "file"))
        source = text.decode(errors="surrogateescape") if isinstance(text, bytes) else text
        code = _without_comments(source)
        if only is not None and limits.depth > DEPTH:
            with suppress(UnexpectedInput, VisitError, _Wrong):  # parsing the whole text reports the error
                found = _sooner(code, only, limits.depth)
                if found is not None:
                    return found
        return _parser(limits.depth).parse(code, start=start)
    except UnexpectedInput as error:
        # At the end of the text there is no token to point at.
        line = error.line if isinstance(error.line, int) and error.line > 0 else source.count("\n") + 1
        column = f", column {error.column}" if error.line == line else ", the end"
        wrong = f"opam's syntax does not allow what is at line {line}{column}"
    except VisitError as error:
        if not isinstance(error.orig_exc, _Wrong):
            raise
        wrong, line = error.orig_exc.args
    except _Wrong as error:
        wrong, line = error.args
    raise InvalidOpamFile(f"{name}: {wrong}", objects=[name], locations=[Location(name, line)])


def _sooner(code: str, only: Iterable[str], depth: int) -> OpamFile | None:
    """Return those fields of `code` that are in `only`; None if that requires parsing all of it."""
    rest, lists = split(code, only)
    read = _alike(rest, "file", depth)
    if not lists.keys().isdisjoint(read.fields):
        return None
    made = {name: Items(tuple(_entry(*each, depth) for each in entries)) for name, entries in lists.items()}
    return OpamFile({**read.fields, **made}, read.sections)


def _entry(string: str, condition: str | None, depth: int) -> Value:
    text = _string(string)
    return text if condition is None else Conditional(text, _alike(condition, "condition", depth))


def _alike(text: str, start: str, depth: int) -> Any:
    """Parse a text, or return the earlier result for the same text, which many files share. Results are immutable."""
    return (_parsed if len(text) <= _SHORT else _parsed.__wrapped__)(text, start, depth)


@lru_cache(maxsize=1 << 14)
def _parsed(text: str, start: str, depth: int) -> Any:
    return _parser(depth).parse(text, start=start)


class _Wrong(Exception):
    """A syntax error, and its line."""

    def __init__(self, wrong: str, line: int = 1) -> None:
        super().__init__(wrong, line)


@cache
def _parser(depth: int) -> Lark:
    from lark import Lark, Transformer, v_args

    build = type("Build", (Transformer,), {name: staticmethod(make) for name, make in _BUILD.items()})
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        start=["file", "condition"],
        parser="lalr",
        lexer="contextual",
        postlex=_Depth(depth),
        maybe_placeholders=True,
        transformer=v_args(inline=True)(build)(),
    )


def _without_comments(text: str) -> str:
    """Replace comments between (* and *) by blanks. They nest, which patterns of a lexer cannot express."""
    if "(*" not in text:
        return text
    kept, end = [], 0
    while True:
        code = _CODE.match(text, end)
        start = code.end() if code else end
        kept.append(text[end:start])
        if text[start : start + 1] != "(":
            return "".join([*kept, text[start:]])
        end = _end_of_comment(text, start)
        kept.append(_CHARS.sub(" ", text[start:end]))


def _end_of_comment(text: str, start: int) -> int:
    depth = 0
    for mark in _MARKS.finditer(text, start):
        depth += 1 if mark[0] == "(*" else -1
        if depth == 0:
            return mark.end()
    line = text.count("\n", 0, start) + 1
    raise _Wrong(f"the comment that begins at line {line} is not closed", line)


class _Depth:
    """Refuses nesting deeper than `limit`: of brackets, braces and operators."""

    always_accept = ()

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        around: list[tuple[int, int]] = []
        outer = own = 0  # the levels around the operand that is read, and its own signs and braces
        last = ""
        for token in stream:
            kind = token.type
            if kind in ("LPAR", "LSQB", "LBRACE"):
                if kind == "LBRACE":
                    own += 1
                elif last != "PREFIX":
                    own = 0
                around.append((outer, own))
                outer, own = outer + own + (kind != "LBRACE"), 0
            elif kind in ("RPAR", "RSQB", "RBRACE"):
                outer, own = around.pop() if around else (0, 0)
            elif kind == "PREFIX":
                own = own + 1 if last == "PREFIX" else 1
            elif last != "PREFIX":
                own = 0
            if outer + own > self.limit:
                raise _Wrong(over(f"line {token.line} is nested more than {self.limit} deep", "depth"), token.line or 1)
            last = kind
            yield token


def _string(token: str) -> str:
    quotes = 3 if token.startswith('"""') else 1
    body = str(token[quotes:-quotes])
    return _ESCAPE.sub(_escaped, body) if "\\" in body else body


def _escaped(found: re.Match[str]) -> str:
    decimal, hexadecimal, char = found.groups()
    if decimal or hexadecimal:
        return chr(int(decimal) if decimal else int(hexadecimal, 16))
    return _CONTROL.get(char, char) if char else ""


def _word(token: str) -> Word | bool:
    return token == "true" if token in ("true", "false") else Word(str(token))


def _name(word: Word | bool) -> str:
    if not isinstance(word, Word) or ":" in word.name:
        raise _Wrong(f"{word.name if isinstance(word, Word) else word} is not the name of a field")
    return word.name


def _integer(token: str) -> int:
    if len(token) > 19:
        raise _Wrong(f"{token[:19]}… is not an integer of 63 bits")
    return int(token)


def _all(formulae: tuple[Value, ...]) -> Value | None:
    if len(formulae) > 1:
        return And(formulae)
    return formulae[0] if formulae else None


def _fields(*statements: tuple[str, Value] | Section) -> OpamFile:
    fields: dict[str, Value] = {}
    for statement in statements:
        if not isinstance(statement, Section):
            name, value = statement
            if name == "opam-version" and name in fields:
                raise _Wrong(f"the field {name} is given twice")
            fields.setdefault(name, value)
    return OpamFile(fields, tuple(statement for statement in statements if isinstance(statement, Section)))


_BUILD: dict[str, Any] = {
    "file": _fields,
    "condition": lambda *formulae: _all(formulae),
    "field": lambda word, value: (_name(word), value),
    "section": lambda word, name, *statements: Section(_name(word), name, _fields(*statements)),
    "or_": lambda *parts: Or(parts),
    "and_": lambda *parts: And(parts),
    "prefixed": lambda operator, value: Not(str(operator), value),
    "relation": lambda left, operator, right: Relation(left, str(operator), right),
    "bound": lambda operator, right: Relation(None, str(operator), right),
    "together": lambda *formulae: _all(formulae),
    "option": lambda value, *formulae: Conditional(value, _all(formulae)),
    "group": lambda *items: Group(items),
    "list_": lambda *items: Items(items),
    "STRING": _string,
    "WORD": _word,
    "INT": _integer,
}


__all__ = [
    "And",
    "Conditional",
    "Group",
    "InvalidOpamFile",
    "Items",
    "Not",
    "OpamFile",
    "Or",
    "Relation",
    "Section",
    "Value",
    "Word",
    "condition",
    "of_data",
    "parse",
    "to_data",
]
