"""dune's files, in version 1.1 of its language: the packages of MirageOS 3.3's time go with dune 1.5 and no later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from functoria.graph.hooks import called, iterated, wrong
from functoria.sexp import Sexp, stanza, targets

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.info import Info
    from functoria.plan.plan import Plan

HEADER = "; Made by functoria. Changes here are lost when it is configured again.\n"


def project(plan: Plan) -> str:
    """The text of dune-project."""
    return "(lang dune 1.1)\n"


def stanzas(plan: Plan) -> tuple[Sexp, ...]:
    """The stanzas of the dune file: the program, what is made of it, and what devices add.

    Raises DeviceError where two of them make one file.
    """
    info, root = plan.info, plan.root.device
    found: dict[Sexp, AnyDevice] = {}
    for each in (*root.program(info), ("alias", ("name", "default"), ("deps", root.result(info)))):
        found[each] = root
    for node in plan.devices:
        for each in _rules(node.device, info):
            found.setdefault(each, node.device)
    makers: dict[str, AnyDevice] = {}
    for each, device in found.items():
        for name in targets(each):
            if name in makers:
                raise wrong(
                    device, f"rules of {called(device)} make {name}, which those of {called(makers[name])} make"
                )
            makers[name] = device
    return tuple(found)


def text(stanzas: Sequence[Sexp]) -> str:
    """The text of a dune file of these stanzas."""
    return HEADER + "".join(f"\n{stanza(found)}\n" for found in stanzas)


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
