r"""Printing names and values that others chose: on one line, without anything that moves the cursor or reorders text.

Control characters, escape sequences, marks that change the direction of text, line breaks and lone surrogates are shown as in
a Python string: `\x1b`, `\u202e`. A name therefore cannot pass for a line of output, such as a result.
"""

from __future__ import annotations


def shown(text: object) -> str:
    """Return `text` for printing on one line, with each character escaped that Unicode does not call printable."""
    text = str(text)
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()


def in_order(value: object) -> str:
    """Return the repr of `value`, with the items of sets in order, so that it is the same in every process."""
    if not isinstance(value, (set, frozenset)) or not value:
        return repr(value)
    items = "{%s}" % ", ".join(sorted(map(repr, value)))
    return items if type(value) is set else f"{type(value).__name__}({items})"
