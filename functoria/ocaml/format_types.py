"""The types of formats: what functions of formatted printing take for them."""

from __future__ import annotations

from functoria.ocaml.formats import Piece, pieces
from functoria.ocaml.ml_types import BOOL, CHAR, FLOAT, INT, STRING, UNKNOWN_TYPE, Con, Inference, Ty, arrows

_KINDS: dict[str, Ty] = {
    **dict.fromkeys("sS", STRING),
    **dict.fromkeys("cC", CHAR),
    **dict.fromkeys("bB", BOOL),
    **dict.fromkeys("diuxXo", INT),
    **dict.fromkeys("fFeEgGhH", FLOAT),
}
_SIZES = {"L": "int64", "l": "int32", "n": "nativeint"}


def format_type(inference: Inference, text: str, format: Con) -> Ty | None:
    """The type of the function that a format of the type `format` makes, by its text; None where it is not read."""
    try:
        parts = pieces(text, True)
    except ValueError:
        return None
    _, printed, given, result = format.arguments
    takes: list[Ty] = []
    for part in parts:
        if part.takes:
            takes += [INT] * ((part.width == "*") + (part.precision == "*"))
            takes += _taken(inference, part, printed, given)
    return arrows(takes, result)


def _taken(inference: Inference, part: Piece, printed: Ty, given: Ty) -> list[Ty]:
    """What one conversion takes; printers take what is `printed` to, and give what is `given`."""
    if part.kind == "a":
        value = inference.new()
        return [arrows([printed, value], given), value]
    if part.kind == "t":
        return [arrows([printed], given)]
    if part.kind in "diuxXo" and part.text:
        return [Con(_SIZES[part.text])]
    return [_KINDS.get(part.kind, UNKNOWN_TYPE)]
