"""opam files, read: the syntax of opam's format 2.0, whatever the fields.

What is read is made of strings, integers and booleans of Python, and of the nodes below. `parse` reads a file, `condition`
a formula as it stands in braces.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from functoria.errors import ConfigError, FunctoriaError
from functoria.location import Location

if TYPE_CHECKING:
    from lark import Lark, Token

GRAMMAR = Path(__file__).with_suffix(".lark")
"""The grammar that is read by."""
_DEEPEST = 100
_ESCAPE = re.compile(r"\\(?:\r?\n[ \t]*|([0-9]{3})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_STRING = r'"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""|"(?:[^"\\]++|\\.)*+"'
_CODE = re.compile(rf'(?:[^"#(]++|\((?!\*)|#[^\n]*+|{_STRING}|")*+', re.DOTALL)
"""What stands between two comments."""
_MARKS = re.compile(r"\(\*|\*\)")
_CHARS = re.compile(r"[^\n]")
_CONTROL = {"n": "\n", "t": "\t", "r": "\r", "b": "\b"}


class InvalidOpamFile(FunctoriaError, ValueError):
    """Text that opam's syntax does not accept."""


class Word(NamedTuple):
    """An identifier: a variable such as `os` or `lwt:installed`."""

    name: str


class Items(NamedTuple):
    """A list in brackets."""

    items: tuple[Value, ...]


class Group(NamedTuple):
    """Values in parentheses, all of which hold."""

    items: tuple[Value, ...]


class Conditional(NamedTuple):
    """A value under a condition in braces; None for empty ones."""

    value: Value
    condition: Value | None


class Not(NamedTuple):
    """`!` or `?`, and what it stands before."""

    operator: str
    value: Value


class Relation(NamedTuple):
    """A comparison, or an update of a variable; `left` is None where braces leave it out, and mean the package."""

    left: Value | None
    operator: str
    right: Value


class And(NamedTuple):
    """What `&` joins."""

    parts: tuple[Value, ...]


class Or(NamedTuple):
    """What `|` joins."""

    parts: tuple[Value, ...]


class Section(NamedTuple):
    """A named block of fields: `url { … }`, `extra-source "fix.patch" { … }`."""

    kind: str
    name: str | None
    fields: OpamFile


class OpamFile(NamedTuple):
    """The fields, by name, and the sections in order. Of a field given twice the first counts, as for opam."""

    fields: Mapping[str, Value]
    sections: tuple[Section, ...]


Value: TypeAlias = "str | int | bool | Word | Items | Group | Conditional | Not | Relation | And | Or"


def parse(text: str | bytes, *, name: str = "opam") -> OpamFile:
    """What the opam file of this text says. Raises InvalidOpamFile, which says where `name` goes wrong."""
    read: OpamFile = _read(text, name, "file")
    return read


def condition(text: str) -> Value | None:
    """The formula of this text, as it stands in braces, without them; None for none. Raises InvalidOpamFile."""
    read: Value | None = _read(text, "condition", "condition")
    return read


def _read(text: str | bytes, name: str, start: str) -> Any:
    try:
        from lark.exceptions import UnexpectedInput, VisitError
    except ModuleNotFoundError:
        raise ConfigError("opam files are read with lark, which is missing: pip install lark") from None
    source = ""
    try:
        source = text.decode(errors="surrogateescape") if isinstance(text, bytes) else text
        return _parser().parse(_without_comments(source), start=start)
    except UnexpectedInput as error:
        # At the end of the text there is no token to point at.
        line = error.line if isinstance(error.line, int) and error.line > 0 else source.count("\n") + 1
        column = f", column {error.column}" if error.line == line else ", the end"
        wrong = f"opam's syntax has no place for what stands at line {line}{column}"
    except VisitError as error:
        if not isinstance(error.orig_exc, InvalidOpamFile):
            raise
        wrong, line = error.orig_exc.message, None
    except InvalidOpamFile as error:
        wrong, line = error.message, None
    raise InvalidOpamFile(f"{name}: {wrong}", objects=[name], locations=[Location(name, line or 1)])


@cache
def _parser() -> Lark:
    from lark import Lark, Transformer, v_args

    build = type("Build", (Transformer,), {name: staticmethod(make) for name, make in _BUILD.items()})
    return Lark(
        GRAMMAR.read_text(encoding="utf-8"),
        start=["file", "condition"],
        parser="lalr",
        lexer="contextual",
        postlex=_Depth(),
        maybe_placeholders=True,
        transformer=v_args(inline=True)(build)(),
    )


def _without_comments(text: str) -> str:
    """`text` with blanks in place of comments between (* and *), which nest: more than a lexer's patterns can say."""
    if "(*" not in text:
        return text
    kept, end = [], 0
    while True:
        code = _CODE.match(text, end)
        start = code.end() if code else end
        kept.append(text[end:start])
        if start == len(text):
            return "".join(kept)
        end = _end_of_comment(text, start)
        kept.append(_CHARS.sub(" ", text[start:end]))


def _end_of_comment(text: str, start: int) -> int:
    depth = 0
    for mark in _MARKS.finditer(text, start):
        depth += 1 if mark[0] == "(*" else -1
        if depth == 0:
            return mark.end()
    line = text.count("\n", 0, start) + 1
    raise InvalidOpamFile(f"the comment that begins at line {line} does not end")


class _Depth:
    """Refuses what is nested so deep that no one wrote it: what is read can be walked by recursion."""

    always_accept = ()

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        depth = signs = 0
        for token in stream:
            kind = token.type
            if kind in ("LPAR", "LSQB", "LBRACE"):
                depth += 1
            elif kind in ("RPAR", "RSQB", "RBRACE"):
                depth -= 1
                signs = signs if depth else 0
            elif kind == "PREFIX":
                signs += 1
            if depth + signs > _DEEPEST:
                raise InvalidOpamFile(f"line {token.line} is nested more than {_DEEPEST} deep")
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
        raise InvalidOpamFile(f"{word.name if isinstance(word, Word) else word} is no name of a field")
    return word.name


def _integer(token: str) -> int:
    if len(token) > 19:
        raise InvalidOpamFile(f"{token[:19]}… is no integer of 63 bits")
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
                raise InvalidOpamFile(f"the field {name} is given twice")
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


_NODES: dict[str, Any] = {node.__name__: node for node in (Word, Items, Group, Conditional, Not, Relation, And, Or)}


def to_data(value: Value | None) -> Any:
    """`value` as JSON can say it. `of_data` reads it back."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (Items, Group, And, Or)):
        return [type(value).__name__, [to_data(part) for part in value[0]]]
    return [type(value).__name__, *map(to_data, value)]


def of_data(data: Any) -> Any:
    """The value that `to_data` made `data` of."""
    if not isinstance(data, list):
        return data
    node, *parts = data
    if node in ("Items", "Group", "And", "Or"):
        return _NODES[node](tuple(map(of_data, parts[0])))
    return _NODES[node](*map(of_data, parts))
