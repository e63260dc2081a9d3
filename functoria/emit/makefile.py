"""The Makefile: to install what is needed, to build, to clean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File, header
from functoria.graph.hooks import by_hand

if TYPE_CHECKING:
    from functoria.graph.info import Info


DEFAULT = "all-by-default"
"""The first target, which make takes where it is not told."""


def emit(info: Info) -> Mapping[str, File]:
    """The Makefile. It includes Makefile.user where there is one, which may set the variables."""
    return {"Makefile": File(_text(info))}


def _text(info: Info) -> str:
    # What follows is read alike by GNU make and by BSD's: no `define`, `export` or function of GNU's, and a first target
    # that nobody extends, for a default goal with two colons is more than bmake can run in parallel.
    root = info.root
    name = quote.make(quote.sh(root.opam_name(info)))
    depext = (
        f"\t$(OPAM) pin add -k path --no-action --yes {name} . && \\\n"
        f"\t  $(OPAM) depext --yes --update {name} || true; \\\n"
        f"\t  $(OPAM) pin remove --no-action {name}\n"
    )
    # Not echoed: opam says itself what it does, and the advice is for whom it fails.
    depend = f"{depext if root.depext(info) else ''}\t@$(OPAM) install -y --deps-only . || {{ \\\n{_advice(info)}\t  exit 1; }}"
    # Inside of a larger project of dune's, that would be the root, and results would be elsewhere.
    hand = by_hand(info.nodes)
    build = "$(FUNCTORIA) build" if hand else "$(DUNE) build --root ."
    clean = "$(FUNCTORIA) clean --built" if hand else "$(DUNE) clean --root ."
    return (
        f"{header('#')}\n.PHONY: {DEFAULT} all depend depends build clean\n.NOTPARALLEL:\n\n{DEFAULT}: all\n\n"
        "-include Makefile.user\n\n"
        "OPAM ?= opam\nDUNE ?= dune\nFUNCTORIA ?= functoria\n\n"
        "all:: build\n\n"
        f"depend depends::\n{depend}\n\n"
        f"build::\n\t{build}\n\n"
        f"clean::\n\t{clean}\n"
    )


def _advice(info: Info) -> str:
    """Commands that name what opam has no release for, and then say what the root advises."""
    wanted = [quote.make(quote.sh(atom)) for one in info.packages if one.pin is None for atom in one.atoms()]
    advice = ['"opam has no release for $$release"', *(quote.make(quote.sh(line)) for line in info.root.advice(info))]
    return (
        f"\t  for release in {_lines(wanted)}; do \\\n"
        '\t    $(OPAM) show --field=name "$$release" >/dev/null 2>&1 && continue; \\\n'
        f"\t    printf '%s\\n' {_lines(advice)} >&2; break; \\\n"
        "\t  done; \\\n"
    )


def _lines(words: Sequence[str]) -> str:
    """`words` of the shell, each on a line of its own."""
    return " \\\n\t      ".join(words)
