"""The opam file: the packages of the switch and of the monorepo, and opam's build commands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from functoria import quote
from functoria.emit.emitter import File, Piece, header
from functoria.emit.opam import depend, pins
from mirage_devices.v4.emit.command import configure_command
from mirage_devices.v4.emit.layout import Layout, installed_name
from mirage_devices.v4.emit.repositories import overlays

if TYPE_CHECKING:
    from functoria import Info


def emit(info: Info) -> Mapping[str, File]:
    """Emit mirage/NAME-TARGET.opam, in opam's format 2.0."""
    return {f"mirage/{Layout.of(info).package}.opam": File.of(_pieces(info))}


def _pieces(info: Info) -> Iterator[Piece]:
    layout = Layout.of(info)
    place = layout.root.source
    folder = f"{place.folder}/" if place.folder else ""
    make = ["make", f"-C{folder}"] if folder else ["make"]
    head = {
        "opam-version": quote.opam("2.0"),
        "name": quote.opam(layout.package),
        "maintainer": quote.opam(info.title),
        "authors": quote.opam(info.title),
        "homepage": quote.opam(place.page),
        "bug-reports": quote.opam(place.page),
        **({} if place.repository is None else {"dev-repo": quote.opam(place.repository)}),
        "synopsis": quote.opam(f"Unikernel {info.title} - switch dependencies"),
        "description": quote.opam(
            "The packages of the switch that the unikernel is built in, and those of its monorepo."
        ),
        "build": f"[make {' '.join(map(quote.opam, [*make[1:], 'build']))}]",  # opam's variable make
        "install": _lines([_list(each) for each in _install(layout, folder)]),
    }
    yield Piece(header("#") + "".join(f"{field}: {value}\n" for field, value in head.items()))
    yield Piece("depends: [\n")
    for wanted in info.packages:
        flags = () if wanted.scope == "switch" else ("?monorepo",)
        yield Piece(f"  {depend(wanted, *flags)}\n", wanted)
    yield Piece("]\n")
    yield from pins(info.packages)
    if place.url is not None:
        yield Piece(f"url {{ src: {quote.opam(place.url)} }}\n")
    cd = f"cd {quote.sh(folder)} && " if folder else ""
    configure = f"{cd}{configure_command(info)} --no-extra-repo"
    more = {
        "x-mirage-opam-lock-location": quote.opam(f"{folder}mirage/{layout.package}.opam.locked"),
        "x-mirage-configure": _list(["sh", "-exc", configure]),
        "x-mirage-pre-build": _list([*make, "lock", "depext-lockfile", "pull"]),
        "x-mirage-extra-repo": _lines([_list(each) for each in overlays(info)]),
        "x-opam-monorepo-opam-provided": _list([p.name for p in info.packages if p.scope == "switch"]),
    }
    yield Piece("".join(f"{field}: {value}\n" for field, value in more.items()))


def _install(layout: Layout, folder: str) -> Iterator[Sequence[str]]:
    for _, name in layout.install.bin:
        yield ("cp", f"{folder}dist/{name}", f"%{{bin}}%/{name}")
    for path in layout.install.etc:
        yield ("cp", f"{folder}dist/{installed_name(path)}", "%{etc}%")


def _list(words: Sequence[str]) -> str:
    return f"[{' '.join(map(quote.opam, words))}]"


def _lines(items: Sequence[str]) -> str:
    return "[\n%s]" % "".join(f"  {item}\n" for item in items) if items else "[]"
