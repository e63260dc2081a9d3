"""dune's files, in version 1.1 of its language: the packages of MirageOS 3.3's time go with dune 1.5 and no later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria.sexp import Sexp, stanza

if TYPE_CHECKING:
    from functoria.plan import Plan

HEADER = "; Made by functoria. Changes here are lost when it is configured again.\n"


def project(plan: Plan) -> str:
    """The text of dune-project."""
    return "(lang dune 1.1)\n"


def text(plan: Plan) -> str:
    """The text of the dune file: the program, what is made of it, and what devices add."""
    info, root = plan.info, plan.root.device
    stanzas: list[Sexp] = [*root.program(info), ("alias", ("name", "default"), ("deps", root.result(info)))]
    for node in plan.devices:
        stanzas.extend(node.device.rules(info))
    return HEADER + "".join(f"\n{stanza(found)}\n" for found in dict.fromkeys(stanzas))
