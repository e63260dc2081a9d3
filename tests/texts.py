"""Text that could have a meaning in some language, and readers of these languages that share no code with the library."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cache

import tree_sitter
import tree_sitter_ocaml
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

from functoria.errors import InvalidName

Reader = Callable[[str], list[str]]

PIECES = [
    *('"', "\\", "'", "`", "\n", "\r", "\t", "\0", "\x01", "\x1b", "\x7f", " ", "#", ";", "$", "%", "&", "|", "*", "-"),
    *("*)", "(*", "%{", "}%", "${", "$(", "$$", "}", "{", "{|", "|}", ")", "]", "\\n", '\\"', "\\\n", "\\065", "\\x41"),
    *(
        '"""',
        "%{name}%",
        "%{deps}",
        "$(shell id)",
        "`id`",
        "é",
        "ñ",
        "日本",
        "🐪",
        "\u2028",
        "\u200e",
        "\ufeff",
        "a",
        "0",
    ),
]
texts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=6).map("".join)
words = texts.filter(bool)
lines = words.map(lambda text: re.sub("[\0\r\n]", "", text)).filter(bool)
"""Text of one line, which can be written in every language here except XML, which has no control characters."""
lone = st.text(st.characters(categories=["Cs"]), min_size=1, max_size=2)


def examples(count: int) -> settings:
    """Run with `count` examples, the same in every run."""
    return settings(max_examples=count, deadline=None, derandomize=True)


def batches(count: int) -> settings:
    """Run with `count` batches of examples for a real tool, the same in every run, without shrinking them."""
    unasked = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
    return settings(examples(count), phases=[Phase.generate], suppress_health_check=unasked)


@cache
def ocaml_parser() -> tree_sitter.Parser:
    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_ocaml.language_ocaml()))


def nodes(source: str) -> Iterator[tree_sitter.Node]:
    """Return the nodes of OCaml code, in order; a string literal is one node."""
    pending = [ocaml_parser().parse(source.encode()).root_node]
    while pending:
        node = pending.pop()
        yield node
        if node.type != "string":
            pending.extend(reversed(node.children))


def ocaml_strings(source: str) -> list[str]:
    """Return the string literals of OCaml code, read as the manual describes; the code must parse."""
    found = []
    for node in nodes(source):
        assert not node.has_error, source
        if node.type == "string":
            assert node.text is not None
            found.append(unescaped(node.text.decode()[1:-1]))
        assert node.type not in ("quoted_string", "comment") or b"Made by functoria" in (node.text or b""), source
    return found


def unescaped(body: str) -> str:
    """Return the string that an OCaml, dune or opam literal stands for, without its quotes."""
    simple = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b"}

    def one(match: re.Match[bytes]) -> bytes:
        code = match.group(1)
        return bytes([int(code)]) if code.isdigit() else simple.get(code, code)

    return re.sub(rb"\\([0-9]{3}|[^0-9])", one, body.encode(), flags=re.DOTALL).decode()


def ocaml_shape(source: str) -> list[str]:
    """Return the kinds of nodes in OCaml code, without its names and literals."""
    return [node.type for node in nodes(source)]


TOKEN = re.compile(
    r'\s+|[;#][^\n]*|(?P<mark>[()\[\]{}:])|"(?P<string>(?:[^"\\]|\\.)*)"|(?P<atom>[^\s()\[\]{}";:]+)', re.DOTALL
)


def tokens(source: str) -> list[tuple[str, str]]:
    """Return the tokens of a dune or opam file: punctuation, atoms and strings."""
    found, at = [], 0
    while at < len(source):
        match = TOKEN.match(source, at)
        assert match is not None, source[at : at + 80]
        at = match.end()
        if match.lastgroup is not None:
            found.append((match.lastgroup, unescaped(match[match.lastgroup])))
    return found


def strings(source: str) -> list[str]:
    return [text for kind, text in tokens(source) if kind in ("string", "atom")]


UNSAYABLE = {*map(chr, range(32)), *"'\"\\\ufffe\uffff"} - {"\t"}
"""What a guest's configuration cannot express: quotes and backslashes in that of xl, most control characters in XML."""


def refused(act: Callable[[], object]) -> bool:
    """Return whether `act` refuses a text that its language cannot express."""
    try:
        act()
    except InvalidName:
        return True
    return False
