"""The unikernel's own modules and devices' data, and links to them if they are in another directory."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from functoria.beside import OUTSIDE, Beside, place
from functoria.emit.dune import USER, version
from functoria.errors import FileConflict, FunctoriaWarning, InvalidName, WriteError
from functoria.graph.hooks import called, has, texts, use
from functoria.project.kinds import writable
from functoria.project.named import check
from functoria.project.reading import Found, beside, holds_dune_files, look, unlike_dune
from functoria.project.state import State
from functoria.project.tree import above, lies_in
from functoria.quote import checked

if TYPE_CHECKING:
    from functoria.device import AnyDevice
    from functoria.graph.info import Info
    from functoria.plan.plan import Plan
    from functoria.sexp import Sexp

_OCAML = (".ml", ".mli", ".mll", ".mly")
_SOURCES = (*_OCAML, ".c", ".h")
"""Suffixes of files beside a configuration that dune always builds; it uses other files only if something names them."""
_BLANK = r"[\s\x00-\x1f\x7f]"


def seen(plan: Plan, sources: Path | None, directory: Path, *, built: bool = False) -> tuple[Plan, Found | None]:
    """Read `sources` and `directory`, and return the plan for them, and the contents of `sources` if that is another directory.

    With `built`, links in `directory` count too, because they have been written. Raises UnknownLibrary for a local library that
    does not exist, and FileConflict if dune would read a device's data as its own files.
    """
    other = sources is not None and os.path.isdir(sources) and not _same(sources, directory)
    base = sources if sources is not None and other else directory
    unlike = _unlike(plan, base)
    plan = plan.with_beside(Beside(unlike=unlike)) if unlike else plan
    data = _data(plan, base)
    never = {*plan.products, *plan.root.device.vendored}
    found = look(base, _made_in(base) | _within(base, directory) | never, data) if other and not built else None
    kept = _made_in(directory, links=not built) | never
    here = look(directory, kept, data) if os.path.isdir(directory) else Found(directory, (), {})
    both = [here] if found is None else [found, here]
    # dune must not build another project together with this one.
    planned = plan.with_beside(beside(*both, data=[*data, *here.configured], unlike=unlike))
    _check_made(planned, base)
    check(planned, base, complete=all(each.complete for each in both))
    if not built:
        _warn_of_absent(plan, base)
    for name in data:
        _check_data(name, base, both, once=version(planned.info) >= (2, 5))
    return planned, found


def _check_made(plan: Plan, base: Path) -> None:
    """Raise FileConflict for a source from which dune would generate a file of the project, or another rule's target."""
    assert plan.beside is not None
    made = {*plan.contents, *plan.products}
    for stems, of, into in (
        (plan.beside.lexers, "mll", "ml"),
        (plan.beside.grammars, "mly", "ml"),
        (plan.beside.stubs, "c", "o"),
    ):
        for stem in stems:
            if f"{stem}.{into}" in made:
                raise FileConflict(
                    f"of {base / stem}.{of} dune would make {stem}.{into}, which is made otherwise: rename it",
                    objects=[stem],
                )


def _warn_of_absent(plan: Plan, base: Path) -> None:
    """Warn of missing files that devices read, because the build would fail."""
    for node in plan.devices[:-1]:
        for name in texts(node.device, "sources", plan.info) if has(node.device, "sources") else ():
            if not os.path.exists(base / name) and (name.endswith("/") or _builds_from(node.device, name, plan.info)):
                said = f"{called(node.device)} reads {name}, which is not beside the configuration: make it before you build"
                place = use(plan.graph, [node.device])
                warnings.warn(FunctoriaWarning(said, locations=[place]), stacklevel=4)


def _builds_from(device: AnyDevice, name: str, info: Info) -> bool:
    """Return whether a dune rule of `device` depends on the directory `name`."""
    pending: list[Sexp] = list(device.rules(info)) if has(device, "rules") else []
    while pending:
        stanza = pending.pop()
        if stanza == ("source_tree", name):
            return True
        pending += () if isinstance(stanza, str) else stanza
    return False


def _check_data(name: str, base: Path, both: Collection[Found], *, once: bool) -> None:
    """Raise FileConflict if the user's dune file above the directory `name` lets dune read that as its own.

    In languages where another file can say what that one does not, it may not list directories to ignore itself: dune accepts
    such a list `once`.
    """
    parent, last = str(PurePosixPath(name).parent), PurePosixPath(name).name
    stanza = f"(data_only_dirs {last})" if once else f"(ignored_subdirs ({last}))"
    for each in both:
        read = parent in each.dune_files and not each.ignores(name)
        # A directory beside the configuration is ignored by the same file as the project's own rules.
        if read and (each.lists(name) if once or parent == "." else holds_dune_files(base / name)):
            raise FileConflict(
                f"dune would read what {base / name} holds as its own: add {stanza} to "
                f"{each.root / (USER if parent == '.' else f'{parent}/dune')}",
                objects=[name],
            )


def _data(plan: Plan, base: Path) -> tuple[str, ...]:
    """Return the directories that devices read as data, by the paths under which dune finds them."""
    top = os.path.realpath(base)
    found: dict[str, None] = {}
    for path in plan.info.sources:
        if path.endswith("/") and os.path.isdir(base / path):
            found[place(path) or "."] = None
            inside = os.path.relpath(os.path.realpath(base / path), top)
            found[inside if inside.partition(os.sep)[0] != os.pardir else "."] = None
    return tuple(sorted(name for name in found if name != "." and not name.startswith(OUTSIDE)))


def _unlike(plan: Plan, base: Path) -> tuple[str, ...]:
    """Return the directories that devices read by dune rules and whose content dune would change or omit."""
    named = [name for name in plan.info.sources if not name.endswith("/") and os.path.isdir(base / name)]
    return tuple(name for name in named if unlike_dune(base / name))


def links(plan: Plan, found: Found | None, directory: Path) -> dict[str, str]:
    """Return the links that `directory` needs to the files `found` in another directory: names and targets.

    Raises FileConflict for a module, or a device's data, with the name of a generated file, and InvalidName for a module whose
    name dune does not accept.
    """
    if found is None:
        _modules(directory)
        return {}
    sources = found.root
    made = {*plan.contents, *plan.products}
    wanted = {name: name for name in [*_modules(sources), *_packages(plan, sources)]}
    read = {_plain(where): path for path in plan.info.sources if (where := place(path)) is not None}
    wanted |= {name: path for name, path in read.items() if name != "." and os.path.exists(sources / path)}
    whole = "." in read or "." in found.dune_files  # stanzas of the user's may read anything beside them
    below = _Below(found, directory, made)
    for name in dict.fromkeys(file.partition("/")[0] for file in found.dune_files if file != "."):
        wanted |= {each: each for each in below.links(name)}
    before = _made_in(sources)
    within = {parent for name in plan.products for parent in above(name)}
    for name in wanted:
        if (name in made and name not in before) or name in within:
            raise FileConflict(f"{sources / name} has the name of what is made: rename one of them", objects=[name])
    for name in [path.name for path in _beside(sources) if not lies_in(directory, path)] if whole else ():
        wanted |= {each: each for each in below.links(name)}
    targets: dict[str, str] = {}
    for name in sorted(wanted, key=lambda name: len(PurePosixPath(name).parts)):
        # Linking a directory links what it contains.
        if name not in made and targets.keys().isdisjoint(above(name)):
            # Once outdated files are removed, no link is inside of another linked directory.
            parent = os.path.join(os.path.realpath(directory), os.path.dirname(name))
            targets[name] = os.path.relpath(os.path.realpath(sources / wanted[name]), parent)
    return targets


class _Below:
    """Links to directories with the user's dune files: to whole directories, unless something must be added or left out."""

    def __init__(self, found: Found, directory: Path, made: Collection[str]) -> None:
        self.root, self.made, self.configured = found.root, made, found.configured
        self.directory = Path(os.path.realpath(directory))
        self.parted = {parent for name in (*made, *found.configured) for parent in above(name)}

    def links(self, name: str) -> Iterator[str]:
        """Return the names to link: `name` itself, or its contents."""
        left = [name]
        while left:
            name = left.pop()
            path = self.root / name
            if name in self.configured or not os.path.exists(path):
                continue
            if os.path.isdir(path) and (name in self.parted or lies_in(self.directory, path)):
                if not _same(self.directory, path):
                    left += [f"{name}/{each.name}" for each in _beside(path)]
            else:
                yield name


def _packages(plan: Plan, sources: Path) -> list[str]:
    """Return the opam files in `sources` of the packages of local libraries, which dune requires."""
    public = {each.public_name.partition(".")[0] for each in (plan.beside or Beside()).libraries if each.public_name}
    return [f"{name}.opam" for name in sorted(public) if os.path.isfile(sources / f"{name}.opam")]


def plain(name: str) -> str:
    """Return `name` if it is a path inside of the directory and not one of functoria's own. Raises InvalidName."""
    if not writable(checked(name, language="a file name")):
        raise InvalidName(f"{name!r} is not a name for a file of the project", objects=[name])
    return name


def _plain(name: str) -> str:
    """Normalise `name`; `.` is the directory itself."""
    short = str(PurePosixPath(checked(name, language="a file name")))
    return "." if short == "." else plain(short)


def _beside(sources: Path) -> list[Path]:
    """Return a directory's contents, except for what dune ignores, such as the state file."""
    try:
        return [path for path in sorted(sources.iterdir()) if not path.name.startswith((".", "_"))]
    except OSError as error:
        raise WriteError(f"cannot read {sources}: {error.strerror}", objects=[sources]) from error


def _modules(directory: Path) -> list[str]:
    """Return the modules and C files in a directory; empty if it does not exist."""
    if not os.path.isdir(directory):
        return []
    names = [path.name for path in _beside(directory) if path.suffix in _SOURCES and os.path.isfile(path)]
    for name in names:
        if not name.endswith(".h") and re.search(_BLANK, name):
            kind = "module" if name.endswith(_OCAML) else "C file"
            raise InvalidName(
                f"{str(directory / name)!r} is a {kind} of a name with blanks, which dune cannot compile: rename it",
                objects=[name],
            )
    return names


def _same(one: Path, two: Path) -> bool:
    return os.path.realpath(one) == os.path.realpath(two)


def _within(sources: Path, directory: Path) -> set[str]:
    """Return the name of `directory` in `sources`, if it is there."""
    name = os.path.relpath(os.path.realpath(directory), os.path.realpath(sources))
    return set() if name.partition(os.sep)[0] == os.pardir else {PurePosixPath(name).as_posix()}


def _made_in(directory: Path, *, links: bool = True) -> set[str]:
    """Return the files written to `directory` and the build's products; empty if it is not configured."""
    try:
        state = State.load(directory)
    except (FileConflict, OSError):  # writing reports it
        state = None
    if state is None:
        return set()
    return {*state.products, *(name for name, mark in state.files.items() if links or not mark.startswith("link:"))}
