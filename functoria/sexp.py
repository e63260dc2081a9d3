"""S-expressions for dune's files, as nested tuples of text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from functoria import quote

Sexp = str | tuple["Sexp", ...]
"""An atom, quoted if need be, or a list. `Verbatim` is dune's own syntax, such as `%{deps}`, and is not quoted."""

_WIDTH = 100
_TOKEN = (
    r"(?s)(?:[ \t\r\n\f]|;[^\n]*+)*+"
    r'(?:([()])|("\\[|>][^\n]*(?:\n[ \t]*"\\[|>][^\n]*)*)|"((?:[^"\\]|\\.)*)"|((?:%\{[^}]*\}|[^\s()";])+)|(\Z))'
)
"""After blanks and comments: a bracket, a string over several lines, a string, an atom, or the end."""


class Malformed(ValueError):
    """A syntax error in a dune file, from `start` to `end`."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.start, self.end = start, end


class Verbatim(str):
    """Text in dune's own syntax: a variable such as `%{ocamlopt}`, or `:standard`. Never text from users."""

    __slots__ = ()


def stanza(sexp: Sexp) -> str:
    """Return `sexp` as a stanza, one field per line."""
    if isinstance(sexp, str):
        return render(sexp)
    return "(" + "\n ".join(render(item, 1) for item in sexp) + ")"


def made(rule: Sexp) -> tuple[str, ...]:
    """Return the files that a stanza makes, including those of fallback rules; empty if it is not a rule."""
    if isinstance(rule, str) or not rule or rule[0] != "rule":
        return ()
    named = [part[1:] for part in rule if isinstance(part, tuple) and part and part[0] in ("target", "targets")]
    plain = [name for names in named for name in names if isinstance(name, str) and not isinstance(name, Verbatim)]
    return tuple(plain if named else dict.fromkeys(_written(rule)))


_WRITING = ("with-stdout-to", "with-stderr-to", "with-outputs-to", "write-file", "copy", "copy#")
"""Actions that make a file. dune finds the targets of a rule that names none in these."""


def _written(rule: Sexp) -> Iterator[str]:
    """Yield the files that the actions in a rule write, as far as they are named plainly."""
    left = [rule]
    while left:
        each = left.pop()
        if isinstance(each, str):
            continue
        if each[:1] and each[0] in _WRITING:
            at = 2 if each[0] in ("copy", "copy#") else 1
            name = each[at] if len(each) > at else ()
            if isinstance(name, str) and not isinstance(name, Verbatim) and "%{" not in name:
                yield name
        left += each


def targets(rule: Sexp) -> tuple[str, ...]:
    """Return the files that a stanza makes; empty for a fallback rule, which yields to existing files."""
    return () if _has_mode(rule, "fallback") else made(rule)


def promoted(rules: Iterable[Sexp]) -> tuple[str, ...]:
    """Return the files that `rules` make and dune promotes to the source tree."""
    return tuple(name for rule in rules if _has_mode(rule, "promote-until-clean") for name in targets(rule))


def _has_mode(rule: Sexp, mode: str) -> bool:
    return not isinstance(rule, str) and ("mode", mode) in rule


def render(sexp: Sexp, indent: int = 0) -> str:
    """Return `sexp` as text: on one line if that is short, otherwise one item per line."""
    if isinstance(sexp, Verbatim):
        return str(sexp)
    if isinstance(sexp, str):
        return quote.dune(sexp)
    parts = [render(item, indent + 1) for item in sexp]
    line = "(%s)" % " ".join(parts)
    if "\n" not in line and len(line) + indent <= _WIDTH:
        return line
    return "(" + ("\n" + " " * (indent + 1)).join(parts) + ")"


def parse(text: str) -> tuple[Sexp, ...]:
    """Parse the S-expressions of a dune file. Escapes in strings are kept. Raises Malformed for a syntax error."""
    return _parsed(text, _plain)


def parse_stanzas(text: str) -> tuple[Sexp, ...]:
    """Parse a dune file that consists of stanzas, lists that begin with a name. Raises Malformed for anything else."""
    return _parsed(text, _plain, named=True)


def _plain(atom: str, quoted: str | None) -> str:
    return atom if quoted is None else quoted


def faithful(text: str) -> tuple[Sexp, ...]:
    """Parse the S-expressions of a dune file so that rendering them gives the same text: variables stay variables.

    Raises Malformed for a syntax error.
    """
    return _parsed(text, _as_written)


def _as_written(atom: str, quoted: str | None) -> str:
    if quoted is None:
        return atom if quote.dune(atom) == atom else Verbatim(atom)
    plain = "\\" not in quoted and "%{" not in quoted and "\n" not in quoted
    return quoted if plain else Verbatim(f'"{quoted}"')


def _parsed(text: str, leaf: Callable[[str, str | None], str], *, named: bool = False) -> tuple[Sexp, ...]:
    """Parse `text`. `leaf` is called for each atom, and for the content of each string.

    With `named`, all of it must be lists that begin with an atom or a string.
    """
    stack: list[list[Sexp]] = [[]]
    opened: list[int] = []
    at, token = 0, re.compile(_TOKEN)
    while True:
        match = token.match(text, at)
        if match is None:  # anything but a quotation mark is a token, or begins one
            start = text.index('"', _after_comments(text, at))
            raise Malformed("this string is never closed", start, start + 1)
        bracket, block, quoted, atom, end = match.groups()
        at = match.end()
        if end is not None:
            break
        if bracket == "(":
            stack.append([])
            opened.append(at - 1)
        elif bracket == ")":
            inner = tuple(stack.pop())
            if not stack:
                raise Malformed("this bracket closes nothing", at - 1, at)
            start = opened.pop()
            if named and not opened and not (inner and isinstance(inner[0], str)):
                raise Malformed("this is not a stanza, which begins with its name", start, at)
            stack[-1].append(inner)
        elif named and not opened:
            raise Malformed("this is outside of any stanza", max(map(match.start, (2, 3, 4))), at)
        else:
            stack[-1].append(leaf(atom or "", _joined(block) if block is not None else quoted))
    if opened:
        raise Malformed("this bracket is never closed", opened[-1], opened[-1] + 1)
    return tuple(stack[0])


def _after_comments(text: str, at: int) -> int:
    while (match := re.compile(r"[ \t\r\n\f]*;[^\n]*").match(text, at)) is not None:
        at = match.end()
    return at


def _joined(block: str) -> str:
    r"""Return the content of a string equivalent to `block`, whose lines begin with `"\\|` or, without escapes, `"\\>`."""
    found = []
    for line in block.split("\n"):
        kind, text = line.lstrip(" \t")[2], line.lstrip(" \t")[3:].removeprefix(" ")
        if kind == ">":
            text = text.replace("\\", "\\\\").replace('"', '\\"').replace("%{", "\\%{")
        else:
            text = re.sub(r'(\\.)|"', lambda match: match[1] or '\\"', text)
        broken = kind == "|" and re.search(r"(?<!\\)(?:\\\\)*\\$", text)  # this backslash joins it to the next line
        found.append(text[:-1] if broken else f"{text}\\n")
    return "".join(found)
