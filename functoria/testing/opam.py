"""opam files as emitted, read back by the grammar of opam's manual, as far as package files use it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from functoria.testing.syntax import Token, fault

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n]+|\#[^\n]*)
  | (?P<string>\"\"\"(?:[^\\]|\\.)*?\"\"\"|"(?:[^"\\]|\\.)*")
  | (?P<relation>>=|<=|!=|=|<|>|~)
  | (?P<mark>[:\[\](){}|&]|[!?](?!=))
  | (?P<number>-?[0-9]+(?![A-Za-z0-9_+-]))
  | (?P<word>(?:[A-Za-z_][A-Za-z0-9_-]*(?:\+[A-Za-z_][A-Za-z0-9_-]*)*:(?=[A-Za-z_]))?[A-Za-z_][A-Za-z0-9_-]*)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9]{3})|x([0-9A-Fa-f]{2})|(\n[ \t]*)|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "\\": "\\", '"': '"', "'": "'", " ": " "}


class Word(str):
    """An identifier, boolean or number, which is unquoted in the file. It does not equal any quoted string."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Word) and str(self) == str(other)

    __hash__ = str.__hash__


class Relation(NamedTuple):
    """A comparison, such as `>= "3.5.0"` or `os = "linux"`. `left` is None if omitted."""

    left: Value | None
    operator: str
    right: Value


class Logic(NamedTuple):
    """Several values joined by `&` or `|`; one after `!` or `?`."""

    operator: str
    parts: tuple[Value, ...]


class Option(NamedTuple):
    """A value with conditions in braces."""

    value: Value
    conditions: tuple[Value, ...]


Value = str | Relation | Logic | Option | tuple["Value", ...]
"""A string, a `Word`, a list (as a tuple), or one of the above."""


def read(text: str) -> dict[str, Value]:
    """Parse an opam file into its fields. Raises SyntaxFault, also for duplicate fields."""
    return _Reader(text).fields()


def relations(condition: Value) -> list[Relation | str]:
    """Return the comparisons and flags that `&` joins in a condition. Raises ValueError for `|`, `!` and `?`."""
    if isinstance(condition, Logic):
        if condition.operator != "&":
            raise ValueError(f"{condition.operator} in a condition expresses more than an interval")
        return [found for part in condition.parts for found in relations(part)]
    if isinstance(condition, (Relation, Word)):
        return [condition]
    raise ValueError(f"{condition!r} is not a condition")


def is_text(value: object) -> bool:
    """Return whether `value` is a string that is not empty."""
    return isinstance(value, str) and not isinstance(value, Word) and bool(value.strip())


def is_name(value: object) -> bool:
    """Return whether `value` is an identifier."""
    return isinstance(value, Word) and (value[0].isalpha() or value[0] == "_")


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[Token] = []
        at = 0
        while at < len(text):
            match = _TOKEN.match(text, at)
            if match is None:
                fault(text, at, "a string that is never closed" if text[at] == '"' else f"{text[at]!r} has no place")
            if match.lastgroup != "blank":
                self.tokens.append(Token(str(match.lastgroup), match.group(), at))
            at = match.end()
        self.tokens.append(Token("end", "the end of the file", max(len(text) - 1, 0)))
        self.next = 0

    def take(self) -> Token:
        self.next += 1
        return self.tokens[self.next - 1]

    def at(self, *texts: str) -> bool:
        token = self.tokens[self.next]
        return token.kind in ("mark", "relation") and token.text in texts

    def expect(self, mark: str) -> None:
        token = self.take()
        if token.kind != "mark" or token.text != mark:
            fault(self.text, token.start, f"{mark} is missing before {token.text}")

    def fields(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        while self.tokens[self.next].kind != "end":
            name = self.take()
            # A name may be read together with its colon: the file has `name: x`, never `os:"x"`.
            if name.kind != "word" or ":" in name.text:
                fault(self.text, name.start, f"{name.text} is not the name of a field")
            if name.text in found:
                fault(self.text, name.start, f"the field {name.text} is there twice")
            self.expect(":")
            found[name.text] = self.value()
        return found

    def value(self, formula: bool = False) -> Value:
        """Parse a value of a field or list, or a `formula` in braces, where comparisons may omit their left side."""
        return self.joined("|", lambda: self.joined("&", lambda: self.compared(formula)))

    def joined(self, operator: str, part: Callable[[], Value]) -> Value:
        parts = [part()]
        while self.at(operator):
            self.take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Logic(operator, tuple(parts))

    def compared(self, formula: bool) -> Value:
        if self.at("!", "?"):
            return Logic(self.take().text, (self.compared(formula),))
        related = self.tokens[self.next].kind == "relation"
        left = None if formula and related else self.operand(formula)
        if self.tokens[self.next].kind == "relation":
            return Relation(left, self.take().text, self.operand(formula))
        assert left is not None
        return left

    def operand(self, formula: bool) -> Value:
        token = self.take()
        if token.kind == "string":
            value: Value = self.unquoted(token)
        elif token.kind in ("word", "number"):
            value = Word(token.text)
        elif token.kind == "mark" and token.text == "(":
            value = self.value(formula)
            self.expect(")")
        elif token.kind == "mark" and token.text == "[" and not formula:
            value = self.until("]", formula=False)
        else:
            fault(self.text, token.start, f"{token.text} is not a value")
        if not formula and self.at("{"):
            self.take()
            value = Option(value, self.until("}", formula=True))
        return value

    def until(self, mark: str, *, formula: bool) -> tuple[Value, ...]:
        found = []
        while not self.at(mark):
            found.append(self.value(formula))
        self.take()
        return tuple(found)

    def unquoted(self, token: Token) -> str:
        quotes = 3 if token.text.startswith('"""') else 1

        def said(match: re.Match[str]) -> str:
            decimal, hexadecimal, line, char = match.groups()
            if char is not None:
                return _PLAIN[char] if char in _PLAIN else fault(self.text, token.start, f"\\{char} is not an escape")
            if line is not None:
                return ""
            code = int(decimal) if decimal else int(hexadecimal, 16)
            return chr(code) if code < 256 else fault(self.text, token.start, f"\\{decimal} is not a character")

        return _ESCAPE.sub(said, token.text[quotes:-quotes])
