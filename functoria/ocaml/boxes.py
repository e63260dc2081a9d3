"""Text in boxes, laid out as OCaml's module Format does: where breaks become new lines, and how these are indented.

A box that does not fit on the rest of the line breaks by its kind. How wide a box is, up to its end, and what follows a break, up
to the next one, is only known once it was written: until then it waits in a queue, unless it surely does not fit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from attr import frozen

from functoria.ocaml.told import Text, Told, joined

MARGIN = 78
"""How long a line may be, in bytes."""
_FURTHEST = MARGIN - 10
"""How far a line may be indented."""
_ENDLESS = 1_000_000_010
_HOLES = (1, 40)
"""How long a name that is not chosen yet may be: what is laid out is the same for both, or is refused."""
_KINDS = {"": "box", "b": "box", "h": "hbox", "v": "vbox", "hv": "hvbox", "hov": "hovbox"}


@frozen
class Token:
    """A part of what is printed: text, break, box or end, newline, flush, or unless, which skips the next part on a new line."""

    kind: str
    text: Text = ""
    blanks: int = 0
    offset: int = 0
    """Of a break or a box: how much further new lines are indented."""


class Queued:
    """A token that waits until its size is known, which is negative before."""

    __slots__ = ("length", "size", "token")

    def __init__(self, token: Token, size: int, length: int) -> None:
        self.token = token
        self.size = size
        self.length = length


def length(text: Text, hole: int = 1) -> int:
    """How many bytes a text has; `hole` is for each name that is not known."""
    if isinstance(text, str):
        return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    return sum(length(part) if isinstance(part, str) else hole for part in text.parts)


class Layout:
    """Lays out tokens."""

    def __init__(self, hole: int) -> None:
        self.parts: list[Text] = []
        self._hole = hole
        self._new = True
        """Whether nothing was written on the line yet."""
        self._begin()

    def _begin(self) -> None:
        self._left = self._right = 1
        """How much was taken from the queue, and how much was put into it."""
        self._indent = 0
        self._space = MARGIN
        self._depth = 0
        self._queue: deque[Queued] = deque()
        self._boxes: list[tuple[str, int]] = []
        """The open boxes: how each breaks, and how much space its lines have."""
        self._scanned: list[tuple[int, Queued]] = []
        """What waits for its size, with what had been put into the queue before."""
        self._open(Token("box", "hovbox"))

    def laid_out(self, tokens: Iterable[Token]) -> Text:
        """The text of all tokens."""
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
        if token.text:
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
        """Let the last one that waits have its size, if it is a break, or else a box, as asked for."""
        if not self._scanned:
            return
        before, queued = self._scanned[-1]
        if before < self._left:  # which was written already
            self._scanned.clear()
        elif (queued.token.kind == "break") is breaks:
            queued.size += self._right
            self._scanned.pop()

    def _advance(self) -> None:
        """Write what has a size, or does not fit whatever it is."""
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
        elif self._indent != MARGIN - self._space and self._queue:  # what is only for new lines
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
        """Begin a new line in a box that has this space, further by an offset."""
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
        """Write blanks where a line may end, whose next one is indented `offset` further than its box."""
        self._add(Token("break", "", blanks, offset))

    def open(self, kind: str, indentation: int = 0) -> None:
        """Open a box of a kind: h, v, hv, hov or b. Raises ValueError for another one."""
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
        """Close all boxes, write `end`, and begin anew as on a new line."""
        self._add(Token("flush", end))

    @property
    def text(self) -> Text:
        """Return what was written. Raises LookedInto where its lines depend on the length of a name that is not known."""
        if self._plain is not None:
            return joined(self._plain)
        told = any(isinstance(token.text, Told) for token in self._tokens)
        found = [Layout(hole).laid_out(self._tokens) for hole in (_HOLES if told else _HOLES[:1])]
        if told and repr(found[0]) != repr(found[1]):
            Told(()).looked()
        return found[0]
