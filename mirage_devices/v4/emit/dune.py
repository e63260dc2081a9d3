"""dune's files: the workspace with the target's context, the program, and the files promoted to dist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from functoria.emit import own
from functoria.emit.dune import c_files, using
from functoria.emit.emitter import File, Piece, header
from functoria.sexp import Sexp, Verbatim, render, stanza
from mirage_devices.v4.emit.layout import Layout

if TYPE_CHECKING:
    from functoria import Info
    from mirage_devices.v4.targets import Target

_HEADER = header(";;")


def emit(info: Info) -> Mapping[str, File]:
    """Emit dune-project, dune-workspace, dune, dune.build and dist/dune."""
    layout = Layout.of(info)
    language = f"(lang dune {info.root.dune_language})\n"
    project = (("name", layout.project), ("implicit_transitive_deps", "true"))
    return {
        "dune-project": File(language + using(info) + _stanzas(*project) + _HEADER),
        "dune-workspace": File(language + _stanzas(("context", ("default",)), *_context(layout.target)) + _HEADER),
        "dune": _file(("include", "dune.build")),
        "dune.build": File.of(_build(info)),
        "dist/dune": _file(*(_promoted(layout, *each) for each in layout.promoted)),
    }


def _file(*stanzas: Sexp) -> File:
    return File(_HEADER + _stanzas(*stanzas))


def _stanzas(*stanzas: Sexp) -> str:
    return "".join(f"\n{render(each)}\n" for each in stanzas)


def _build(info: Info) -> Iterator[Piece]:
    yield Piece(_HEADER)
    for found, source in info.stanzas.items():
        yield Piece(f"\n{stanza(found)}\n", None if source is info.root else source)


def _context(target: Target) -> Iterator[Sexp]:
    """Return dune's context for the target, in addition to that of the building machine."""
    if target.context == "default":
        return
    env: tuple[Sexp, ...] = ()
    if target.family == "unikraft":
        backend = f"unikraft-backend={target.abi}"
        flags: Sexp = ("flags", Verbatim(":standard"), "-cclib", f"-z {backend}")
        env = (("env", ("_", flags, ("c_flags", Verbatim(":standard"), "-z", backend))),)
    yield (
        "context",
        (
            "default",
            ("name", target.context),
            ("host", "default"),
            ("toolchain", target.context),
            *env,
            ("merlin",),
            ("disable_dynamically_linked_foreign_archives", "true"),
        ),
    )


def _promoted(layout: Layout, name: str, built: str, context: str) -> Sexp:
    """Return the rule for a file of dist, which dune copies there and `dune clean` removes."""
    return (
        "rule",
        ("mode", ("promote", ("until-clean",))),
        ("target", name),
        ("enabled_if", ("=", Verbatim("%{context_name}"), Verbatim(f'"{context}"'))),
        ("action", ("copy", f"../{built}", Verbatim("%{target}"))),
    )


def program(info: Info) -> Iterator[Sexp]:
    """Return the stanzas of the unikernel: copies of the files in the folder mirage, the executable, and the image."""
    layout = Layout.of(info)
    target, name = layout.target, info.root.executable(info)
    enabled: Sexp = ("enabled_if", ("=", Verbatim("%{context_name}"), Verbatim(f'"{target.context}"')))
    for file in layout.sources:
        yield (Verbatim("copy_files#") if PurePosixPath(file).suffix in (".ml", ".mli") else "copy_files", f"./{file}")
    yield (
        "executable",
        enabled,
        ("name", name),
        *_link(target, c_files(info)),
        *own.modules(info, *_without(info, target)),
        ("libraries", *layout.libraries),
        *own.preprocess(info),
    )
    if target.manifest:
        command: Sexp = ("run", "solo5-elftool", "gen-manifest", "manifest.json", "manifest.c")
        yield ("rule", ("targets", "manifest.c"), ("deps", "manifest.json"), ("action", command))
    copied: Sexp = ("action", ("copy", f"{name}.exe", Verbatim("%{target}")))
    yield ("rule", ("target", layout.image), enabled, ("deps", f"{name}.exe"), copied)


def _without(info: Info, target: Target) -> Iterator[str]:
    """Yield the modules that do not belong to the program: MirageOS's configuration, and the source of Solo5's manifest."""
    if "config" in info.beside.modules:  # dune excludes what exists only
        yield "config"
    if target.manifest:
        yield "manifest"


def _link(target: Target, c_files: Sequence[str]) -> Iterator[Sexp]:
    """Return the fields that compile and link the executable, with the user's own C files."""
    standard = Verbatim(":standard")
    no_70 = (standard, "-w", "-70")  # warning 70: a module has no interface
    manifest = ("manifest",) if target.manifest else ()
    if target.family != "unix":
        yield ("modes", ("native", "exe"))
    if manifest or c_files:
        yield ("foreign_stubs", ("language", "c"), ("names", *manifest, *c_files))
    if target.family == "unix":
        yield ("link_flags", ("-thread",))
        yield ("flags", *no_70)
    else:
        yield ("link_flags", *no_70, *(("-cclib", f"-z solo5-abi={target.abi}") if manifest else ()))
