r"""What is printed of names and values that others chose: one line, in which nothing moves the cursor or turns the text around.

A control character, an escape sequence, a mark that changes the direction of text, a line break or a lone surrogate is shown as
Python writes it in a string, `\x1b` or `\u202e`. So a name cannot look like a line of its own, such as a result.
"""

from __future__ import annotations


def shown(text: object) -> str:
    """`text` as it can be printed in a line: each character that Unicode does not call printable is escaped."""
    text = str(text)
    return text if text.isprintable() else "".join(char if char.isprintable() else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode()
