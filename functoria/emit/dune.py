"""dune's files, in version 1.1 of its language: the packages of MirageOS 3.3's time go with dune 1.5 and no later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria.sexp import Sexp, Verbatim, render

if TYPE_CHECKING:
    from functoria.plan import Plan

HEADER = "; Made by functoria. Changes here are lost when it is configured again.\n"


def project(plan: Plan) -> str:
    """The text of dune-project."""
    return "(lang dune 1.1)\n"


def text(plan: Plan) -> str:
    """The text of the dune file: the program, what is made of it, and what devices add."""
    info, root = plan.info, plan.root.device
    how = root.executable(info)
    stanzas: list[Sexp] = [
        (
            "executable",
            ("name", "main"),
            *((("modes", *how.modes),) if how.modes != ("exe",) else ()),
            ("libraries", *info.libraries),
            *((("flags", (Verbatim(":standard"), *how.flags)),) if how.flags else ()),
            *((("link_flags", how.link_flags),) if how.link_flags else ()),
        ),
        *root.link(info),
        ("alias", ("name", "default"), ("deps", root.result(info))),
    ]
    for node in plan.devices:
        stanzas.extend(node.device.rules(info))
    return HEADER + "".join(f"\n{render(stanza)}\n" for stanza in dict.fromkeys(stanzas))
