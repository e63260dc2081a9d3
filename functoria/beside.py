"""What lies beside a configuration: what dune builds with the program, what it leaves alone, and where a path leads.

Values alone: `functoria.project.reading` reads them off a directory.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath

from attrs import field, frozen

from functoria.transport import declared

OUTSIDE = "_outside"
"""The directory of a project with links to what lies outside of it, where the configuration is elsewhere. dune passes over it."""


def place(path: str) -> str | None:
    """Where a project has what its configuration calls `path`: `.` for the project itself, None for an absolute path.

    What is inside of the project has its own path, in its shortest form; what has a `..` in its path is in `OUTSIDE`. There it
    is linked when the project is another directory than the configuration's; else it is where `path` says.
    """
    parts = PurePosixPath(path).parts
    if path.startswith("/"):
        return None
    if ".." in parts:
        return str(PurePosixPath(OUTSIDE, *("_up" if part == ".." else part for part in parts)))
    return str(PurePosixPath(path))


@frozen
class Library:
    """A dune library of the user's own: its name, the directory of its dune file, and the libraries that it requires."""

    name: str
    directory: str
    public_name: str | None = None
    requires: tuple[str, ...] = ()

    @property
    def archive(self) -> str:
        """Its archive of native code, relative to the project, without the extension."""
        return str(PurePosixPath(self.directory, self.name))


@frozen(slots=False)
class Beside:
    """What lies beside a configuration, by names without extension where they are of files that dune makes others of."""

    lexers: tuple[str, ...] = ()
    """The sources of ocamllex, whose modules are not there."""
    grammars: tuple[str, ...] = ()
    """The grammars of ocamlyacc or menhir, whose modules are not there."""
    stubs: tuple[str, ...] = ()
    """The C files."""
    libraries: tuple[Library, ...] = ()
    """The dune libraries of the user's own, in the directories below."""
    dune_files: frozenset[str] = field(factory=frozenset)
    """The directories below that have a dune file of the user's."""
    data: tuple[str, ...] = ()
    """The directories of the project that devices read as they are, known by no other path than this."""

    __getstate__ = declared

    @cached_property
    def _by_name(self) -> dict[str, Library]:
        found = {library.name: library for library in self.libraries}
        return found | {library.public_name: library for library in self.libraries if library.public_name is not None}

    def library(self, name: str) -> Library | None:
        """The library that dune finds there by `name`; None where there is none."""
        return self._by_name.get(name)

    def closure(self, names: Iterable[str]) -> tuple[list[Library], list[str]]:
        """The libraries of one's own among `names` and what they require, each after those that it requires; and the others."""
        local: dict[Library, None] = {}
        others: dict[str, None] = {}
        seen: set[str] = set()
        left = [(name, False) for name in reversed(list(names))]
        while left:
            name, done = left.pop()
            library = self.library(name)
            if library is None:
                others[name] = None
            elif done:
                local[library] = None
            elif library.name not in seen:
                seen.add(library.name)
                left += [(name, True), *((each, False) for each in reversed(library.requires))]
        return list(local), list(others)
