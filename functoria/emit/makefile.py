"""The Makefile: to install what is needed, to build, to clean."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File
from functoria.emit.opam import HEADER
from functoria.graph.hooks import by_hand

if TYPE_CHECKING:
    from functoria.graph.info import Info
    from functoria.package import Package


def emit(info: Info) -> Mapping[str, File]:
    """The Makefile. It includes Makefile.user where there is one, which may set the variables."""
    return {"Makefile": File(_text(info))}


def _text(info: Info) -> str:
    root = info.root
    name = quote.make(quote.sh(root.opam_name(info)))
    depext = (
        f"\t$(OPAM) pin add -k path --no-action --yes {name} . && \\\n"
        f"\t  $(OPAM) depext --yes --update {name} ; \\\n"
        f"\t  $(OPAM) pin remove --no-action {name}\n"
    )
    depend = f"{depext if root.depext(info) else ''}\t$(OPAM) install -y --deps-only ."
    # Inside of a larger project of dune's, that would be the root, and results would be elsewhere.
    build = "$(FUNCTORIA) build" if by_hand(info.nodes) else "$(DUNE) build --root ."
    clean = "$(FUNCTORIA) clean" if by_hand(info.nodes) else "$(DUNE) clean --root ."
    return (
        f"{HEADER}\n.DEFAULT_GOAL := all\n\n-include Makefile.user\n\n"
        "OPAM ?= opam\nDUNE ?= dune\nFUNCTORIA ?= functoria\n\n"
        f"{_advice(info)}\n"
        ".PHONY: all depend depends build clean\n\n"
        "all:: build\n\n"
        f'depend depends::\n{depend} || {{ eval "$$ADVISE"; exit 1; }}\n\n'
        f"build::\n\t{build}\n\n"
        f"clean::\n\t{clean}\n"
    )


def _advice(info: Info) -> str:
    """A script that names what opam has no release for, and then says what the root advises."""
    wanted = " ".join(quote.make(quote.sh(atom)) for one in info.packages if one.pin is None for atom in _atoms(one))
    advice = " ".join(quote.make(quote.sh(line)) for line in info.root.advice(info))
    return (
        "define ADVISE\n"
        f"for release in {wanted}; do\n"
        '  $(OPAM) show --field=name "$$release" >/dev/null 2>&1 && continue\n'
        f"  printf '%s\\n' \"opam has no release for $$release\" {advice} >&2; break\n"
        "done\n"
        "endef\n"
        "export ADVISE\n"
    )


def _atoms(wanted: Package) -> list[str]:
    """What opam must have for `wanted`, each with one condition at most, as opam's commands take it."""
    ends = ((">=", wanted.min), ("<", wanted.max))
    return [f"{wanted.name}{sign}{end}" for sign, end in ends if end is not None] or [wanted.name]
