"""OCaml as emitted: its tokens, and whether it parses."""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module
from typing import Any

from functoria.testing.syntax import Token, balanced, fault

# Lexical conventions: OCaml manual, 11.1. A name after ~ or ? is a label, one after ` a variant.
_TOKEN = re.compile(
    r"""
    (?P<blank>[ \t\r\n\f]+)
  | (?P<line>^\#[ \t]*[0-9]+[^\n]*)
  | (?P<comment>\(\*)
  | (?P<string>"(?:[^"\\]|\\.)*"|\{(?P<id>[a-z_]*)\|.*?\|(?P=id)\})
  | (?P<char>'(?:[^\\'\n]|\\(?:[\\"'ntbr\ ]|[0-9]{3}|x[0-9A-Fa-f]{2}|o[0-7]{3}))')
  | (?P<label>[~?][a-z_][A-Za-z0-9_']*)
  | (?P<variant>`[A-Za-z_][A-Za-z0-9_']*)
  | (?P<word>[A-Za-z_][A-Za-z0-9_']*)
  | (?P<number>[0-9][A-Za-z0-9_.]*)
  | (?P<bracket>[()\[\]{}])
  | (?P<operator>[-!$%&*+./:<=>?@^|~\#]+|[,;'])
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_IN_COMMENT = re.compile(r'\(\*|\*\)|"(?:[^"\\]|\\.)*"|"', re.DOTALL)


@lru_cache(maxsize=64)  # several invariants read the same file
def tokens(text: str) -> tuple[Token, ...]:
    """Return the tokens of OCaml code, without blanks, comments and line directives. Raises SyntaxFault."""
    found: list[Token] = []
    at, match_at = 0, _TOKEN.match
    while at < len(text):
        match = match_at(text, at)
        if match is None:
            fault(text, at, "a string that is never closed" if text[at] == '"' else f"{text[at]!r} has no place")
        kind = match.lastgroup
        if kind == "comment":
            at = _after_comment(text, at)
            continue
        if kind != "blank" and kind != "line":
            found.append(Token("string" if kind == "id" else str(kind), match[0], at))
        at = match.end()
    return tuple(found)


def _after_comment(text: str, start: int) -> int:
    depth, at = 0, start
    while True:
        match = _IN_COMMENT.search(text, at)
        if match is None or match.group() == '"':
            fault(text, start, "a comment that is never closed")
        at = match.end()
        depth += {"(*": 1, "*)": -1}.get(match.group(), 0)
        if not depth:
            return at


def grammar() -> str | None:
    """Return the package whose grammar `parse` uses; None if it only reads tokens and brackets."""
    return None if _parser() is None else "tree-sitter-ocaml"


def parse(text: str) -> None:
    """Parse `text` as an OCaml module. Raises SyntaxFault.

    Uses the grammar of tree-sitter-ocaml if that is installed. Otherwise only tokens are checked, and that brackets, strings
    and comments are closed, which much that is not OCaml passes.
    """
    balanced(text, tokens(text))
    parser = _parser()
    if parser is None:
        return
    source = text.encode()
    node = parser.parse(source).root_node
    if not node.has_error:
        return
    while not node.is_missing and not node.is_error:
        wrong = next((child for child in node.children if child.has_error or child.is_missing), None)
        if wrong is None:  # the error is between its children
            break
        node = wrong
    what = f"{node.type} is missing" if node.is_missing else "this is not OCaml"
    fault(text, len(source[: node.start_byte].decode(errors="ignore")), what)


_MADE: list[Any] = []


def _parser() -> Any:
    if not _MADE:
        try:
            binding, ocaml = import_module("tree_sitter"), import_module("tree_sitter_ocaml")
            _MADE.append(binding.Parser(binding.Language(ocaml.language_ocaml())))
        except ImportError:
            _MADE.append(None)
    return _MADE[0]
