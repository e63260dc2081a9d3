"""The opam file: the packages needed to build the program, with the bounds that keep it building."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File, Piece, header
from functoria.graph.hooks import by_hand

if TYPE_CHECKING:
    from functoria.graph.info import Info
    from functoria.package import Package


def emit(info: Info) -> Mapping[str, File]:
    """Emit NAME.opam, in opam's format 2.0."""
    return {f"{info.root.opam_name(info)}.opam": File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    root = info.root
    homepage = root.homepage or info.name
    lines = [
        header("#") + 'opam-version: "2.0"',
        f"name: {quote.opam(root.opam_name(info))}",
        f"synopsis: {quote.opam(root.synopsis(info))}",
        f"maintainer: {quote.opam(info.name)}",
        f"authors: {quote.opam(info.name)}",
        f"homepage: {quote.opam(homepage)}",
        f"bug-reports: {quote.opam(root.bug_reports or homepage)}",
        f"build: {_build(info)}",
        "depends: [",
    ]
    yield Piece("\n".join(lines) + "\n")
    for wanted in info.packages:
        yield Piece(f"  {depend(wanted)}\n", wanted)
    yield Piece("]\n")
    yield from pins(info.packages)


def _build(info: Info) -> str:
    """Return opam's build instructions, which do what the Makefile does."""
    return '["functoria" "build"]' if by_hand(info.nodes) else '["dune" "build" "--root" "." "-j" jobs]'


def depend(wanted: Package, *flags: str) -> str:
    """Return a package as in the depends field: its name, then `flags` and its other conditions."""
    conditions = " & ".join(wanted.conditions(*flags))
    return quote.opam(wanted.name) + (f" {{{conditions}}}" if conditions else "")


def pins(packages: Iterable[Package]) -> Iterator[Piece]:
    """Return the field pin-depends for those of `packages` that are pinned; empty without any."""
    pinned = [wanted for wanted in packages if wanted.pin is not None]
    if not pinned:
        return
    yield Piece("pin-depends: [\n")
    for wanted in pinned:
        version = f"{wanted.name}.{wanted.pin_version}"
        yield Piece(f"  [{quote.opam(version)} {quote.opam(wanted.pin or '')}]\n", wanted)
    yield Piece("]\n")
