r"""Printing names and values that others chose: on one line, without anything that moves the cursor or reorders text.

Control characters, escape sequences, marks that change the direction of text, line breaks and lone surrogates are shown as in
a Python string: `\x1b`, `\u202e`. A name therefore cannot pass for a line of output, such as a result.
"""

from __future__ import annotations

import os
from collections.abc import Callable

_CALLED: dict[str, str] = {}
"""Names for temporary directories, as the user would write them."""


def call(directory: str, name: str) -> None:
    """Print paths in `directory` as `name` with the rest of the path from now on, such as HEAD:config.py with the name HEAD:."""
    _CALLED[directory + os.sep] = name


def called(text: str, quoted: Callable[[str], str] = str) -> str:
    """Return `text` with the names of directories in place of their paths; `quoted` quotes both for the language of `text`."""
    for directory, name in _CALLED.items():
        text = text.replace(quoted(directory), quoted(name))
    return text


def shown(text: object) -> str:
    """Return `text` for printing on one line, with each character escaped that Unicode does not call printable."""
    text = called(str(text))
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()


def in_order(value: object) -> str:
    """Return the repr of `value`, with the items of sets in order, so that it is the same in every process."""
    if not isinstance(value, (set, frozenset)) or not value:
        return repr(value)
    items = "{%s}" % ", ".join(sorted(map(repr, value)))
    return items if type(value) is set else f"{type(value).__name__}({items})"


_LONG = 60
"""The maximum length of a value's text in a message."""


def worded(value: object) -> str:
    """Return `value` in a few words for a message: its repr if that is short, otherwise a description."""
    words = getattr(type(value), "_words", None)
    if words is not None:
        return str(words(value))
    name = getattr(value, "__name__", None)
    if isinstance(name, str) and (isinstance(value, type) or callable(value)):
        return f"the {'class' if isinstance(value, type) else 'function'} {name}"
    if isinstance(value, (list, tuple, dict)) and not _plain(value):
        first = (
            [] if isinstance(value, dict) else [each for each in value[:2] if not isinstance(each, (list, tuple, dict))]
        )
        items = f" of {', '.join(map(worded, first))}{', …' if len(value) > len(first) else ''}" if first else ""
        return f"a {type(value).__name__}{items}"
    try:
        text = in_order(value)
    except Exception:  # __repr__ may be user code
        text = " at 0x"
    if " at 0x" in text:
        return f"an object of the class {type(value).__name__}"
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"


def _plain(value: object, depth: int = 3) -> bool:
    """Return whether `value` consists of numbers and texts, in at most `depth` containers."""
    if isinstance(value, (list, tuple, dict)):
        items = [*value.items()] if isinstance(value, dict) else value
        return depth > 0 and all(_plain(each, depth - 1) for each in items)
    return value is None or isinstance(value, (str, bytes, int, float, complex))
