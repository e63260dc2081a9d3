"""The opam file: what the switch must have, what the monorepo fetches, and how opam builds the unikernel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File, Piece
from mirage_devices.v4.emit.command import configure_command
from mirage_devices.v4.emit.layout import Layout
from mirage_devices.v4.emit.repositories import overlays

if TYPE_CHECKING:
    from functoria import Info, Package

HEADER = "# Made by functoria. Changes here are lost when it is configured again.\n"


def emit(info: Info) -> Mapping[str, File]:
    """mirage/NAME-TARGET.opam, in opam's format 2.0."""
    return {f"mirage/{Layout.of(info).package}.opam": File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    layout = Layout.of(info)
    place = layout.root.source
    folder = f"{place.folder}/" if place.folder else ""
    make = ["make", f"-C{folder}"] if folder else ["make"]
    head = {
        "opam-version": _text("2.0"),
        "name": _text(layout.package),
        "maintainer": _text(info.title),
        "authors": _text(info.title),
        "homepage": _text(place.page),
        "bug-reports": _text(place.page),
        "synopsis": _text(f"Unikernel {info.title} - switch dependencies"),
        "description": _text("The packages of the switch that the unikernel is built in, and those of its monorepo."),
        "build": _list([*make, "build"]),
        "install": _lines([_list(each) for each in _install(layout, folder)]),
    }
    yield Piece(HEADER + "".join(f"{field}: {value}\n" for field, value in head.items()))
    yield Piece("depends: [\n")
    for wanted in info.packages:
        yield Piece(f"  {_depend(wanted)}\n", wanted)
    yield Piece("]\n")
    yield from _pins([wanted for wanted in info.packages if wanted.pin is not None])
    if place.url is not None:
        yield Piece(f"url {{ src: {_text(place.url)} }}\n")
    cd = f"cd {quote.sh(folder)} && " if folder else ""
    configure = f"{cd}{configure_command(info)} --no-extra-repo"
    more = {
        "x-mirage-opam-lock-location": _text(f"{folder}mirage/{layout.package}.opam.locked"),
        "x-mirage-configure": _list(["sh", "-exc", configure]),
        "x-mirage-pre-build": _list([*make, "lock", "depext-lockfile", "pull"]),
        "x-mirage-extra-repo": _lines([_list(each) for each in overlays(info)]),
        "x-opam-monorepo-opam-provided": _list([p.name for p in info.packages if p.scope == "switch"]),
    }
    yield Piece("".join(f"{field}: {value}\n" for field, value in more.items()))


def _install(layout: Layout, folder: str) -> Iterator[Sequence[str]]:
    for _, name in layout.install.bin:
        yield ("cp", f"{folder}dist/{name}", f"%{{bin}}%/{name}")
    for name in layout.install.etc:
        yield ("cp", f"{folder}dist/{name}", "%{etc}%")


def _depend(wanted: Package) -> str:
    conditions = " & ".join(wanted.conditions(*["?monorepo"] * (wanted.scope != "switch")))
    return quote.opam(wanted.name) + (f" {{{conditions}}}" if conditions else "")


def _pins(pinned: Sequence[Package]) -> Iterator[Piece]:
    if not pinned:
        return
    yield Piece("pin-depends: [\n")
    for wanted in pinned:
        yield Piece(f"  {_list([f'{wanted.name}.{wanted.pin_version}', wanted.pin or ''])}\n", wanted)
    yield Piece("]\n")


def _text(text: str) -> str:
    return quote.opam(text)


def _list(words: Sequence[str]) -> str:
    return f"[{' '.join(map(_text, words))}]"


def _lines(items: Sequence[str]) -> str:
    return "[\n%s]" % "".join(f"  {item}\n" for item in items) if items else "[]"
