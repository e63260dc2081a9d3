"""dune's files as emitted, read back as S-expressions."""

from __future__ import annotations

import re

from functoria.testing.syntax import fault

Tree = str | tuple["Tree", ...]
"""An atom, without quotes, or a list."""

Stanza = tuple[str, tuple[Tree, ...]]
"""The name of a stanza, and its fields."""

STANZAS = frozenset(
    [
        *("alias", "copy_files", "copy_files#", "documentation", "env", "executable", "executables", "ignored_subdirs"),
        *("include", "include_subdirs", "install", "jbuild_version", "library", "menhir", "ocamllex", "ocamlyacc"),
        *("rule", "test", "tests"),
    ]
)
"""The stanzas of dune files in version 1.1 of dune's language."""

_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n\f]+|;[^\n]*)
  | (?P<open>\()
  | (?P<close>\))
  | (?P<quoted>"(?:[^"\\]|\\.)*")
  | (?P<atom>(?:%\{[^}]*\}|[^\x00-\x20()";\x7f])+)
    """,
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:([0-9]{3})|x([0-9A-Fa-f]{2})|(.))", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "\\": "\\", '"': '"', "%": "%"}


def read(text: str) -> list[Tree]:
    """Parse the S-expressions of a dune file, unquoting atoms. Raises SyntaxFault."""
    stack: list[list[Tree]] = [[]]
    opened: list[int] = []
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            fault(text, at, "a string that is never closed" if text[at] == '"' else f"{text[at]!r} has no place")
        match match.lastgroup:
            case "open":
                stack.append([])
                opened.append(at)
            case "close":
                if not opened:
                    fault(text, at, ") closes nothing")
                opened.pop()
                inner = tuple(stack.pop())
                stack[-1].append(inner)
            case "quoted":
                stack[-1].append(_unquoted(text, at, match.group()[1:-1]))
            case "atom":
                stack[-1].append(match.group())
        at = match.end()
    if opened:
        fault(text, opened[-1], "( is never closed")
    return stack[0]


def _unquoted(text: str, start: int, inside: str) -> str:
    def said(match: re.Match[str]) -> str:
        decimal, hexadecimal, char = match.groups()
        if char is None:
            code = int(decimal) if decimal else int(hexadecimal, 16)
            return chr(code) if code < 256 else fault(text, start, f"\\{decimal} is not a character")
        return _PLAIN[char] if char in _PLAIN else fault(text, start, f"\\{char} is not an escape")

    return _ESCAPE.sub(said, inside)


def stanzas(text: str) -> list[Stanza]:
    """Parse a dune file into stanzas, each with its name and fields. Raises SyntaxFault."""
    found = []
    for tree in read(text):
        if isinstance(tree, str) or not tree or not isinstance(tree[0], str):
            fault(text, 0, f"{tree!r} is not a stanza: a list that begins with a name")
        found.append((tree[0], tree[1:]))
    return found


def field(fields: tuple[Tree, ...], name: str) -> tuple[Tree, ...] | None:
    """Return the contents of the first field `name` of a stanza; None if it has none."""
    return next((tree[1:] for tree in fields if isinstance(tree, tuple) and tree[:1] == (name,)), None)
