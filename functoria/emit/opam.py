"""The opam file: what must be installed to build the program, with the bounds that keep it building."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File, Piece
from functoria.graph.hooks import by_hand

if TYPE_CHECKING:
    from functoria.graph.info import Info
    from functoria.package import Package

HEADER = "# Made by functoria. Changes here are lost when it is configured again.\n"


def emit(info: Info) -> Mapping[str, File]:
    """NAME.opam, in opam's format 2.0."""
    return {f"{info.root.opam_name(info)}.opam": File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    root = info.root
    homepage = root.homepage or info.name
    lines = [
        HEADER + 'opam-version: "2.0"',
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
        yield Piece(f"  {_depend(wanted)}\n", wanted)
    yield Piece("]\n")
    pins = [wanted for wanted in info.packages if wanted.pin is not None]
    if pins:
        yield Piece("pin-depends: [\n")
        for wanted in pins:
            yield Piece(f"  {_pin(wanted)}\n", wanted)
        yield Piece("]\n")


def _build(info: Info) -> str:
    """How opam builds: as the Makefile does."""
    return '["functoria" "build"]' if by_hand(info.nodes) else '["dune" "build" "--root" "." "-j" jobs]'


def _depend(wanted: Package) -> str:
    conditions = " & ".join(wanted.conditions())
    return quote.opam(wanted.name) + (f" {{{conditions}}}" if conditions else "")


def _pin(wanted: Package) -> str:
    return f"[{quote.opam(f'{wanted.name}.{wanted.pin_version}')} {quote.opam(wanted.pin or '')}]"
