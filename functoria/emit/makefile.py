"""The Makefile: to install what is needed, to build, to clean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from functoria import quote
from functoria.device import Device
from functoria.emit.opam import HEADER

if TYPE_CHECKING:
    from functoria.plan import Plan


def text(plan: Plan) -> str:
    """The text of the Makefile. It includes Makefile.user where there is one, which may set the variables."""
    info, root = plan.info, plan.root.device
    name = quote.make(quote.sh(root.opam_name(info)))
    depext = (
        f"\t$(OPAM) pin add -k path --no-action --yes {name} . && \\\n"
        f"\t  $(OPAM) depext --yes --update {name} ; \\\n"
        f"\t  $(OPAM) pin remove --no-action {name}\n"
    )
    by_hand = any(_overrides(node.device) for node in plan.devices)
    build = "$(FUNCTORIA) build" if by_hand else "$(DUNE) build"
    clean = "$(FUNCTORIA) clean" if by_hand else "$(DUNE) clean"
    return (
        f"{HEADER}\n-include Makefile.user\n\n"
        "OPAM ?= opam\nDUNE ?= dune\nFUNCTORIA ?= functoria\n\n"
        ".PHONY: all depend depends build clean\n\n"
        "all:: build\n\n"
        f"depend depends::\n{depext if root.depext(info) else ''}\t$(OPAM) install -y --deps-only .\n\n"
        f"build::\n\t{build}\n\n"
        f"clean::\n\t{clean}\n"
    )


def _overrides(device: object) -> bool:
    """Whether a device makes or removes files by itself, which dune knows nothing of."""
    return type(device).build is not Device.build or type(device).clean is not Device.clean  # type: ignore[attr-defined]  # a Device
