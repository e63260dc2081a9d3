"""Quoting users' text for the emitted files: one function for each language, and no other way in.

Each returns text that its language reads back as the same string. It raises InvalidName if the language cannot express
the string: for a lone surrogate, or for a zero byte or line break where the language does not allow it.
"""

from __future__ import annotations

from typing import Any

from functoria.errors import InvalidName
from functoria.names import WORD
from functoria.printable import worded

_COMMON = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_OCAML = {**_COMMON, "\b": "\\b"}
_DUNE_PLAIN = WORD | frozenset("./:=<>@*+,-")
_SH_PLAIN = WORD | frozenset("@+=:,./-")
_MERMAID_PLAIN = WORD | frozenset(" .,")
_XML = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
    "\t": "&#9;",
    "\n": "&#10;",
    "\r": "&#13;",
}
_XML_CONTROLS = frozenset(map(chr, range(32))) - frozenset("\t\n\r") | {"\ufffe", "\uffff"}


def checked(text: str, *, language: str, lines: bool = False) -> str:
    """Return `text` unless it has a lone surrogate or a zero byte or, without `lines`, a line break. Raises InvalidName."""
    if not isinstance(text, str):
        raise InvalidName(f"{worded(text)} is not text, which {language} requires there", objects=[text])
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise InvalidName(f"{text!r} is not text that a file can hold", objects=[text]) from None
    if not lines and ("\0" in text or "\n" in text or "\r" in text):
        raise InvalidName(
            f"{text!r} contains a line break or a zero byte, which {language} cannot express there", objects=[text]
        )
    return text


def _escaped(text: str, table: dict[str, str]) -> str:
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:  # most are
        return text
    return "".join(table.get(c) or (c if c >= " " and c != "\x7f" else f"\\{ord(c):03d}") for c in text)


def ocaml(text: str) -> str:
    """Return `text` as an OCaml string literal with its quotes (OCaml manual, 11.2.4).

    Characters beyond ASCII become escaped bytes of UTF-8, like OCaml's `%S`, so that the file's encoding does not matter.
    """
    escaped = _escaped(checked(text, language="OCaml", lines=True), _OCAML)
    if escaped.isascii():
        return f'"{escaped}"'
    return '"%s"' % "".join(c if c < "\x80" else "".join(f"\\{byte:03d}" for byte in c.encode()) for c in escaped)


def cmdliner(text: str) -> str:
    """Escape `text` for cmdliner's documentation language. The result must still be quoted as OCaml."""
    return text.replace("\\", "\\\\").replace("$", "\\$")


def opam(text: str) -> str:
    """Return `text` as a string of an opam file, with its quotes."""
    escaped = _escaped(checked(text, language="opam", lines=True), _COMMON)
    return f'"{escaped}"'


def dune(text: str) -> str:
    """Return `text` as an atom of a dune file, or as a quoted string if need be. `%{` is escaped."""
    if isinstance(text, str) and text and _DUNE_PLAIN.issuperset(text) and not text.startswith(":"):
        return text
    escaped = "".join(_COMMON.get(char, char) for char in checked(text, language="dune", lines=True))
    return '"%s"' % escaped.replace("%{", "\\%{")


def make(text: str) -> str:
    """Return `text` for a recipe of a Makefile, with `$` doubled. It must be one line."""
    return checked(text, language="make").replace("$", "$$")


def sh(text: str) -> str:
    """Return `text` as one word of a POSIX shell."""
    if isinstance(text, str) and text and _SH_PLAIN.issuperset(text):
        return text
    checked(text, language="sh", lines="\0" not in str(text))
    return "'" + text.replace("'", "'\\''") + "'"


def dot(*lines: str) -> str:
    """Return `lines` as a quoted label of Graphviz's language, which is in UTF-8, below one another.

    A label has escapes of its own within the string, and entities as HTML has.
    """
    return '"%s"' % "\\n".join(
        checked(line, language="DOT").replace("&", "&amp;").replace("\\", "\\\\").replace('"', '\\"') for line in lines
    )


def mermaid(*lines: str) -> str:
    """Return `lines` as a quoted text of Mermaid, below one another. Characters with a special meaning become entities."""
    return '"%s"' % "<br>".join(
        "".join(
            char if char in _MERMAID_PLAIN else f"#{ord(char)};" for char in checked(line, language="Mermaid")
        ).replace(". ", ".#32;")  # a number with a dot and a blank would begin a list
        for line in lines
    )


def html(text: str) -> str:
    """Return `text` for the contents of an element of HTML, and for an attribute's value in double quotes."""
    return xml(text)


def xml(text: str) -> str:
    """Return `text` for the contents of an element of XML, as SVG is, and for an attribute's value in double quotes.

    Characters beyond ASCII become references, so that the encoding does not matter. Raises InvalidName for control characters,
    which XML cannot express.
    """
    if not _XML_CONTROLS.isdisjoint(checked(text, language="XML", lines=True)):
        raise InvalidName(f"{text!r} contains a control character, which XML cannot express", objects=[text])
    return _ascii("".join(_XML.get(char, char) for char in text))


def _ascii(text: str) -> str:
    """Return `text` with each character beyond ASCII as a reference of HTML and XML."""
    return text if text.isascii() else text.encode("ascii", "xmlcharrefreplace").decode()


def script(data: Any) -> str:
    """Return `data` as JSON for the contents of a `<script>` element, without anything that would end it or begin a comment."""
    import json

    text = json.dumps(data, separators=(",", ":"), ensure_ascii=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
