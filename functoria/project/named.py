"""Names in a configuration and in dune.user that refer to files beside them: libraries, modules, preprocessors, rules."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from functoria.emit.dune import USER
from functoria.emit.own import PROGRAMS, capital, claims, compiled, flat, owners
from functoria.errors import FileConflict, FunctoriaWarning, InvalidModule, InvalidName, UnknownLibrary
from functoria.graph.hooks import building_of, called, use
from functoria.sexp import targets

if TYPE_CHECKING:
    from functoria.building import Building
    from functoria.device import AnyDevice
    from functoria.location import Location
    from functoria.plan.plan import Plan
    from functoria.sexp import Sexp


def check(plan: Plan, base: Path, *, complete: bool) -> None:
    """Refuse names that `base` does not have, and stanzas of the user's that clash with the project's own.

    With `complete`, all dune files there were read: else they may define any library, and make any module. Raises
    UnknownLibrary, InvalidName, InvalidModule and FileConflict.
    """
    _check_stanzas(plan, base)
    _check_public_names(plan, base)
    if complete:
        _check_libraries(plan, base)
        _check_preprocessors(plan, base)
        _check_modules(plan, base)


def _check_libraries(plan: Plan, base: Path) -> None:
    assert plan.beside is not None
    for name, device in plan.info.local_libraries.items():
        if plan.beside.library(name) is None and name not in _added(plan):
            from functoria.misspelling import meant

            near = meant(name, [*(each.name for each in plan.beside.libraries), *_added(plan)])
            raise UnknownLibrary(
                f"no dune file below {base} defines the library {name}: {near + ' ' if near else ''}libraries are the user's own",
                remedy="one of opam's comes with its package, as in packages=[package(…)]",
                ocaml="one of opam's comes with its package, as in ~packages:[ package … ]",
                objects=[device, name],
                locations=[_place(plan, device)],
            )


def _check_public_names(plan: Plan, base: Path) -> None:
    """Refuse local libraries with the public name of a package that no project has, because dune would install them with it."""
    assert plan.beside is not None
    own = {name.removesuffix(".opam") for name in plan.contents if name.endswith(".opam") and "/" not in name}
    for each in plan.beside.strays:
        package = str(each.public_name).partition(".")[0]
        if package not in own:
            raise InvalidName(
                f"{base / each.directory / 'dune'}: the library {each.name} has the public_name {each.public_name}, but "
                f"there is no package {package}: leave public_name out, and ask for {each.name}, or put the dune-project "
                f"and the {package}.opam of that package above it",
                objects=[each],
                locations=[],
            )


def _added(plan: Plan) -> list[str]:
    """Return the libraries that stanzas of devices define."""
    return [name for each in plan.info.added if each[0] == "library" for name in _names(each)]


def _names(stanza: Sexp) -> Iterator[str]:
    for part in stanza[1:]:
        if isinstance(part, tuple) and part[:1] and part[0] in ("name", "names", "public_name"):
            yield from flat(part[1:])


def _check_preprocessors(plan: Plan, base: Path) -> None:
    assert plan.beside is not None
    packages = {each.name: each for each in plan.packages}
    brought = {*packages, *(library for each in plan.packages for library in each.libraries)}
    for device, name in _each(plan, lambda building: building.preprocess.libraries):
        head = name.partition(".")[0]
        if plan.beside.library(name) is not None or name in _added(plan):
            continue
        if name not in brought and head not in brought:
            from functoria.misspelling import meant

            known = [*(each.name for each in plan.beside.libraries), *brought]
            raise UnknownLibrary(
                f"{name} is used to preprocess, but no package of the configuration provides it, and no dune file below {base} "
                "defines it",
                remedy=meant(name, known) or f"add packages=[package({head!r}, build=True)]",
                objects=[device, name],
                locations=[_place(plan, device)],
            )
        if name in plan.libraries:
            place = _place(plan, device)
            how = "~build:true" if place is not None and place.file.endswith(".ml") else "build=True"
            said = f"{name} preprocesses modules, and is linked into the program too: declare its package with {how}"
            warnings.warn(FunctoriaWarning(said, locations=[place]), stacklevel=5)


def _each(plan: Plan, ask: Callable[[Building], Sequence[str] | None]) -> Iterator[tuple[AnyDevice, str]]:
    """Yield the results of `ask` for the application, and for each device with modules of the user's."""
    for device in (plan.root.device, *(device for device, _ in owners(plan.info))):
        for name in ask(building_of(device)) or ():
            yield device, name


def _check_modules(plan: Plan, base: Path) -> None:
    assert plan.beside is not None
    made = [name.rpartition("/")[2].rpartition(".")[0] for name in plan.contents if name.endswith(".ml")]
    made += [name.rpartition(".")[0] for name in plan.products if name.endswith(".ml")]
    stems = [*plan.beside.modules, *claims(plan.info).made, *made]
    known = {capital(name): name for name in stems}
    if "include_subdirs" in plan.beside.kinds:  # then modules may be in subdirectories
        return
    for device, name in _each(plan, lambda building: building.modules):
        if name not in known:
            from functoria.misspelling import instead

            own = list(map(capital, plan.beside.modules))
            raise InvalidModule(
                f"modules of {called(device)} has {name}, but {base} has no file for it: {instead(name, own)}",
                objects=[device, name],
                locations=[_place(plan, device)],
            )


def _check_stanzas(plan: Plan, base: Path) -> None:
    """Refuse stanzas of dune.user and of devices that dune would not accept beside the project's own."""
    assert plan.beside is not None
    info = plan.info
    files = {*plan.contents, *(name.rpartition("/")[2] for name in plan.contents), *plan.products}
    programs = {name: each for each in info.stanzas if each[0] in PROGRAMS for name in _names(each)}
    generated = {
        capital(name.rpartition("/")[2].rpartition(".")[0]) for name in files if name.endswith((".ml", ".mli"))
    }
    below = next((name for name in plan.contents if name.endswith("/dune")), None)
    for each in plan.beside.user or ():
        if below is not None and each[:1] == ("include_subdirs",):
            raise _clash(
                base,
                each,
                f"cannot be combined with the project's {below}: make a local library of modules below",
            )
        for name in targets(each):
            if name in files:
                raise _clash(base, each, f"makes {name}, which the project has: give the file another name")
        for name in _names(each) if isinstance(each, tuple) and each[:1] and each[0] in PROGRAMS else ():
            if name in programs:
                raise _clash(base, each, f"defines {name}, which the project has: give it another name")
        _check_compiled(each, generated, partial(_clash, base, each))
    for each, device in info.added.items():
        if below is not None and each[:1] == ("include_subdirs",):
            raise _own_clash(
                plan, device, f"includes subdirectories, which cannot be combined with the project's {below}"
            )
        _check_compiled(each, generated, partial(_own_clash, plan, device))


def _check_compiled(stanza: Sexp, generated: set[str], wrong: Callable[[str], Exception]) -> None:
    names, rest = compiled(stanza)
    if rest:
        raise wrong(
            "compiles all modules of the directory, and so does the program's own stanza: add (modules …) with those that are "
            "its own, or move it into a directory of its own"
        )
    both = next((name for name in names if capital(name) in generated), None)
    if both is not None:
        raise wrong(f"compiles the module {capital(both)}, which is the program's: leave it out")


def _clash(base: Path, stanza: Sexp, said: str) -> FileConflict:
    name = next(_names(stanza), "")
    return FileConflict(f"{base / USER}: ({stanza[0]}{f' … {name}' if name else ''} …) {said}", objects=[base / USER])


def _own_clash(plan: Plan, device: AnyDevice, said: str) -> InvalidModule:
    return InvalidModule(f"a stanza of {called(device)} {said}", objects=[device], locations=[_place(plan, device)])


def _place(plan: Plan, device: AnyDevice) -> Location | None:
    """Return the place of `device` in the user's configuration; for the root, where it registers the application."""
    if device is plan.root.device:
        return plan.app.location
    return use(plan.graph, [device]) or device.location
