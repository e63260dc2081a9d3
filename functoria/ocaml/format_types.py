"""The types of formats: the arguments that functions of formatted printing take for them."""

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
    """Return the type of the function that the text of a format makes, of the type `format`; None if the text cannot be read."""
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
    """Return the argument types of one conversion. Printers print to `printed` and return `given`."""
    if part.kind == "a":
        value = inference.new()
        return [arrows([printed, value], given), value]
    if part.kind == "t":
        return [arrows([printed], given)]
    if part.kind in "diuxXo" and part.text:
        return [Con(_SIZES[part.text])]
    return [_KINDS.get(part.kind, UNKNOWN_TYPE)]
