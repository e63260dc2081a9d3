"""Lay out text in boxes as OCaml's module Format does: where lines break, and how far they are indented.

A box that does not fit on the rest of the line breaks as its kind prescribes. The width of a box, and of what follows a break
up to the next one, is only known once it has been written. Until then it waits in a queue, unless it cannot fit in any case.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from attr import frozen

from functoria.ocaml.told import Text, Told, joined

MARGIN = 78
"""The maximum length of a line, in bytes."""
_FURTHEST = MARGIN - 10
"""The maximum indentation of a line."""
_ENDLESS = 1_000_000_010
_HOLES = (1, 40)
"""Two lengths of a name that is not chosen yet. If they lead to different layouts, the text is refused."""
_KINDS = {"": "box", "b": "box", "h": "hbox", "v": "vbox", "hv": "hvbox", "hov": "hovbox"}


@frozen
class Token:
    """A part of the output: text, break, box, end, newline, flush, or unless, which skips the next part except on a new line."""

    kind: str
    text: Text = ""
    blanks: int = 0
    offset: int = 0
    """The extra indentation of new lines, for a break or a box."""


class Queued:
    """A token in the queue. Its size is negative until it is known."""

    __slots__ = ("length", "size", "token")

    def __init__(self, token: Token, size: int, length: int) -> None:
        self.token = token
        self.size = size
        self.length = length


def length(text: Text, hole: int = 1) -> int:
    """Return the length of a text in bytes, counting `hole` for each name that is not known yet."""
    if isinstance(text, str):
        return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return sum(length(part) if isinstance(part, str) else hole for part in text.parts)


class Layout:
    """Lays out tokens on lines."""

    def __init__(self, hole: int) -> None:
        self.parts: list[Text] = []
        self._hole = hole
        self._new = True
        """Whether the line is still empty."""
        self._begin()

    def _begin(self) -> None:
        self._left = self._right = 1
        """The total lengths taken from the queue and put into it."""
        self._indent = 0
        self._space = MARGIN
        self._depth = 0
        self._queue: deque[Queued] = deque()
        self._boxes: list[tuple[str, int]] = []
        """The open boxes: how each breaks, and the space on its lines."""
        self._scanned: list[tuple[int, Queued]] = []
        """Tokens that wait for their size, with the total length that had been put into the queue before each."""
        self._open(Token("box", "hovbox"))

    def laid_out(self, tokens: Iterable[Token]) -> Text:
        """Return the text of all tokens."""
        for token in tokens:
            if token.kind == "text":
                size = length(token.text, self._hole)
                self._put(Queued(token, size, size))
                self._advance()
            elif token.kind == "break":
                self._scan(Queued(token, -self._right, token.blanks), closes=True)
            elif token.kind == "box":
                self._open(token)
            elif token.kind == "end":
                self._close(token)
            elif token.kind == "flush":
                self._flush(token)
            else:
                self._put(Queued(token, 0, 0))
                self._advance()
        self._flush(Token("flush"))
        return joined(self.parts)

    def _open(self, token: Token) -> None:
        self._depth += 1
        self._scan(Queued(token, -self._right, 0), closes=False)

    def _close(self, token: Token) -> None:
        if self._depth > 1:
            self._put(Queued(token, 0, 0))
            self._sized(breaks=True)
            self._sized(breaks=False)
            self._depth -= 1

    def _flush(self, token: Token) -> None:
        while self._depth > 1:
            self._close(Token("end"))
        self._right = _ENDLESS
        self._advance()
        self._write(token.text)
        self._begin()

    # The queue

    def _put(self, queued: Queued) -> None:
        self._right += queued.length
        self._queue.append(queued)

    def _scan(self, queued: Queued, *, closes: bool) -> None:
        self._put(queued)
        if closes:
            self._sized(breaks=True)
        self._scanned.append((self._right, queued))

    def _sized(self, *, breaks: bool) -> None:
        """Set the size of the last waiting token, if it is a break and `breaks` is true, or a box and `breaks` is false."""
        if not self._scanned:
            return
        before, queued = self._scanned[-1]
        if before < self._left:  # already written
            self._scanned.clear()
        elif (queued.token.kind == "break") is breaks:
            queued.size += self._right
            self._scanned.pop()

    def _advance(self) -> None:
        """Write the tokens whose size is known, or that cannot fit whatever their size is."""
        while self._queue:
            first = self._queue[0]
            if first.size < 0 and self._right - self._left < self._space:
                return
            self._queue.popleft()
            self._token(first.token, _ENDLESS if first.size < 0 else first.size)
            self._left += first.length

    # What is written

    def _write(self, text: Text) -> None:
        self.parts.append(text)

    def _token(self, token: Token, size: int) -> None:
        if token.kind == "text":
            self._space -= size
            self._write(token.text)
            self._new = False
        elif token.kind == "box":
            self._enter(token, size)
        elif token.kind == "end":
            if self._boxes:
                self._boxes.pop()
        elif token.kind == "break":
            self._break(token, size)
        elif token.kind == "newline":
            if self._boxes:
                self._line(self._boxes[-1][1], 0)
            else:
                self._write("\n")
        elif self._indent != MARGIN - self._space and self._queue:  # only applies to new lines
            skipped = self._queue.popleft()
            self._left -= skipped.length
            self._space += skipped.size

    def _enter(self, token: Token, size: int) -> None:
        if MARGIN - self._space > _FURTHEST and self._boxes:
            kind, space = self._boxes[-1]
            if space > self._space and kind not in ("fits", "hbox"):
                self._line(space, 0)
        kind = str(token.text) if token.text == "vbox" or size > self._space else "fits"
        self._boxes.append((kind, self._space - token.offset))

    def _break(self, token: Token, size: int) -> None:
        if not self._boxes:
            return
        kind, space = self._boxes[-1]
        if kind in ("hvbox", "vbox"):
            broken = True
        elif kind in ("fits", "hbox") or (kind == "box" and self._new):
            broken = False
        else:
            broken = size > self._space or (kind == "box" and self._indent > MARGIN - space + token.offset)
        if broken:
            self._line(space, token.offset)
        else:
            self._space -= token.blanks
            self._write(" " * token.blanks)

    def _line(self, space: int, offset: int) -> None:
        """Begin a new line in a box that has this much space, indented `offset` further."""
        self._indent = min(_FURTHEST, MARGIN - space + offset)
        self._space = MARGIN - self._indent
        self._new = True
        self._write("\n" + " " * self._indent)


class Buffer:
    """The output of formatted printing."""

    def __init__(self) -> None:
        self._tokens: list[Token] = []
        self._plain: list[Text] | None = []
        """The texts, as long as there is nothing else."""

    def write(self, text: Text) -> None:
        """Append `text` unchanged."""
        self._tokens.append(Token("text", text))
        if self._plain is not None:
            self._plain.append(text)

    def _add(self, token: Token) -> None:
        self._tokens.append(token)
        self._plain = None

    def blank(self, blanks: int, offset: int = 0) -> None:
        """Write blanks where a line may break; a new line is indented `offset` further than its box."""
        self._add(Token("break", "", blanks, offset))

    def open(self, kind: str, indentation: int = 0) -> None:
        """Open a box of a kind: h, v, hv, hov or b. Raises ValueError for any other."""
        if kind not in _KINDS:
            raise ValueError(f"there is no box {kind!r}")
        self._add(Token("box", _KINDS[kind], offset=indentation))

    def close(self) -> None:
        """Close the innermost box."""
        self._add(Token("end"))

    def line(self) -> None:
        """Begin a new line of the innermost box."""
        self._add(Token("newline"))

    def flush(self, end: str = "") -> None:
        """Close all boxes, write `end`, and start again as on a new line."""
        self._add(Token("flush", end))

    @property
    def text(self) -> Text:
        """Return the text. Raises LookedInto if its line breaks depend on the length of a name that is not known yet."""
        if self._plain is not None:
            return joined(self._plain)
        told = any(isinstance(token.text, Told) for token in self._tokens)
        found = [Layout(hole).laid_out(self._tokens) for hole in (_HOLES if told else _HOLES[:1])]
        if told and repr(found[0]) != repr(found[1]):
            Told(()).looked()
        return found[0]
