"""dune's files: dune-project, and the dune file with the program and what devices add."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from functoria.emit.emitter import File, Piece
from functoria.graph.hooks import called, has, iterated, wrong
from functoria.sexp import Sexp, stanza, targets

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.emit.emitter import Source
    from functoria.graph.info import Info

HEADER = "; Made by functoria. Changes here are lost when it is configured again.\n"


def emit(info: Info) -> Mapping[str, File]:
    """dune-project and dune, in the version of dune's language that the root names."""
    return {"dune-project": File(f"(lang dune {info.root.dune_language})\n"), "dune": File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    yield Piece(HEADER)
    for found, source in info.stanzas.items():
        yield Piece(f"\n{stanza(found)}\n", None if source is info.root else source)


def made(info: Info) -> Mapping[Sexp, Source]:
    """The stanzas of the dune file, and the device of each: the program, what is made of it, and what devices add.

    Raises DeviceError where a device's rules fail, or two of them make one file.
    """
    root = info.root
    found: dict[Sexp, AnyDevice] = {}
    for each in (*root.program(info), *root.default_alias(info)):
        found[each] = root
    for node in info.nodes:
        for each in _rules(node.device, info) if has(node.device, "rules") else ():
            found.setdefault(each, node.device)
    makers: dict[str, AnyDevice] = {}
    for each, device in found.items():
        for name in targets(each):
            if name in makers:
                raise wrong(
                    device, f"rules of {called(device)} make {name}, which those of {called(makers[name])} make"
                )
            makers[name] = device
    return found


def _rules(device: AnyDevice, info: Info) -> list[Sexp]:
    found: list[Sexp] = []
    for given in iterated(device, "rules", "stanzas", info):
        each = _sexp(given)
        if isinstance(each, tuple) and each and isinstance(each[0], str):
            found.append(each)
        else:
            raise wrong(
                device,
                f"rules of {called(device)} gave {given!r}, which is no stanza: a stanza is a tuple that begins with "
                'its name, as ("rule", ("targets", "x"), …), of text and such tuples',
            )
    return found


def _sexp(given: object) -> Sexp | None:
    """`given`, where lists may stand for tuples; None where there is anything but text in it."""
    if isinstance(given, str):
        return given
    if not isinstance(given, (list, tuple)):
        return None
    parts = [_sexp(each) for each in given]
    return None if any(part is None for part in parts) else tuple(part for part in parts if part is not None)
