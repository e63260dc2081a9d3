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
"""The first target, and so make's default."""


def emit(info: Info) -> Mapping[str, File]:
    """Emit the Makefile. It includes Makefile.user if that exists, which may set the variables."""
    return {"Makefile": File(_text(info))}


def _text(info: Info) -> str:
    # GNU make and BSD make read this alike: there is no `define`, `export` or GNU function, and the first target has a
    # single colon, because bmake cannot run a default goal with two colons in parallel.
    root = info.root
    name = quote.make(quote.sh(root.opam_name(info)))
    depext = (
        f"\t$(OPAM) pin add -k path --no-action --yes {name} . && \\\n"
        f"\t  $(OPAM) depext --yes --update {name} || true; \\\n"
        f"\t  $(OPAM) pin remove --no-action {name}\n"
    )
    # Not echoed: opam reports what it does, and the advice is only for when it fails.
    depend = f"{depext if root.depext(info) else ''}\t@$(OPAM) install -y --deps-only . || {{ \\\n{_advice(info)}\t  exit 1; }}"
    # --root: within a larger dune project, results would otherwise be in that project's directory.
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
    """Return commands that name the packages for which opam has no release, and print the root's advice."""
    wanted = [quote.make(quote.sh(atom)) for one in info.packages if one.pin is None for atom in one.atoms()]
    advice = ['"opam has no release for $$release"', *(quote.make(quote.sh(line)) for line in info.root.advice(info))]
    return (
        f"\t  for release in {_lines(wanted)}; do \\\n"
        '\t    $(OPAM) show --field=name "$$release" >/dev/null 2>&1 && continue; \\\n'
        f"\t    printf '%s\\n' {_lines(advice)} >&2; break; \\\n"
        "\t  done; \\\n"
    )


def _lines(words: Sequence[str]) -> str:
    """Join words of the shell, one per line."""
    return " \\\n\t      ".join(words)
