"""The opam file: what must be installed to build the program, with the bounds that keep it building."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria import quote
from functoria.graph.hooks import by_hand

if TYPE_CHECKING:
    from functoria.package import Package
    from functoria.plan.plan import Plan

HEADER = "# Made by functoria. Changes here are lost when it is configured again.\n"


def text(plan: Plan) -> str:
    """The text of the opam file, in opam's format 2.0."""
    info, root = plan.info, plan.root.device
    lines = [
        HEADER + 'opam-version: "2.0"',
        f"name: {quote.opam(root.opam_name(info))}",
        f"synopsis: {quote.opam(root.synopsis(info))}",
        f"maintainer: {quote.opam(info.name)}",
        f"authors: {quote.opam(info.name)}",
        f"build: {_build(plan)}",
        "depends: [\n%s]" % "".join(f"  {_depend(wanted)}\n" for wanted in info.packages),
    ]
    pins = [wanted for wanted in info.packages if wanted.pin is not None]
    if pins:
        lines.append("pin-depends: [\n%s]" % "".join(f"  {_pin(wanted)}\n" for wanted in pins))
    return "\n".join(lines) + "\n"


def _build(plan: Plan) -> str:
    """How opam builds: as the Makefile does."""
    return '["functoria" "build"]' if by_hand(plan.devices) else '["dune" "build" "--root" "." "-j" jobs]'


def _depend(wanted: Package) -> str:
    conditions = ["build"] * wanted.build + wanted.bounds.conditions()
    return quote.opam(wanted.name) + (" {%s}" % " & ".join(conditions) if conditions else "")


def _pin(wanted: Package) -> str:
    return f"[{quote.opam(wanted.name + '.dev')} {quote.opam(wanted.pin or '')}]"
