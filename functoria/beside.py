"""The user's own files beside a configuration: what dune builds with the program, what it ignores, where paths lead.

This module only defines the values; `functoria.project.reading` fills them in from a directory.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath
from typing import NamedTuple

from attr import frozen

from functoria.record import Record
from functoria.sexp import Sexp
from functoria.transport import declared

OUTSIDE = "_outside"
"""The directory in a project for links to files outside of the configuration's directory. dune ignores it."""


def place(path: str) -> str | None:
    """Return where a project has the file that its configuration calls `path`; None for an absolute path.

    Paths inside of the project are normalised, and `.` is the project itself. Paths that lead outside, with `..`, are placed
    in `OUTSIDE`: a link when the project is not the configuration's directory; otherwise the file is where `path` says.
    """
    parts = PurePosixPath(path).parts
    if path.startswith("/"):
        return None
    if ".." in parts:
        return str(PurePosixPath(OUTSIDE, *("_up" if part == ".." else part for part in parts)))
    return str(PurePosixPath(path))


class Library(NamedTuple):
    """A local dune library: its name, the directory of its dune file, and the libraries it requires."""

    name: str
    directory: str
    public_name: str | None = None
    requires: tuple[str, ...] = ()
    ppx: tuple[str, ...] = ()
    """The ppx libraries that preprocess it."""
    runtime: tuple[str, ...] = ()
    """If it is a ppx library, what the code that it writes requires."""

    @property
    def archive(self) -> str:
        """The path of its native archive, relative to the project, without the extension."""
        return str(PurePosixPath(self.directory, self.name))


@frozen(eq=False, repr=False, slots=False)
class Beside(Record):
    """The user's files beside a configuration. Sources from which dune generates others are named without extension."""

    lexers: tuple[str, ...] = ()
    """ocamllex sources whose generated modules do not exist yet."""
    grammars: tuple[str, ...] = ()
    """ocamlyacc or menhir grammars whose generated modules do not exist yet."""
    stubs: tuple[str, ...] = ()
    """C files, which are compiled as stubs."""
    modules: tuple[str, ...] = ()
    """Modules, as files without extension, sorted: those of lexers and grammars too, without generated ones."""
    user: tuple[Sexp, ...] | None = None
    """The stanzas of dune.user; None if there is no such file."""
    kinds: frozenset[str] = frozenset()
    """The names of the stanzas in all dune files of the user's, such as `menhir`."""
    libraries: tuple[Library, ...] = ()
    """Local dune libraries in subdirectories."""
    dune_files: frozenset[str] = frozenset()
    """Subdirectories with a dune file of the user's."""
    data: tuple[str, ...] = ()
    """Directories of the project that devices read as data, each under one path only."""
    ignored: tuple[str, ...] = ()
    """Those of `data` that a dune file of the user's makes dune ignore."""
    unlike: tuple[str, ...] = ()
    """The directories that devices read, as they name them, in which dune would ignore something or take it for its own."""
    strays: tuple[Library, ...] = ()
    """Those of `libraries` whose public names are of packages that no opam file or dune-project above them has."""

    __getstate__ = declared

    @cached_property
    def _by_name(self) -> dict[str, Library]:
        found = {library.name: library for library in self.libraries}
        return found | {library.public_name: library for library in self.libraries if library.public_name is not None}

    def library(self, name: str) -> Library | None:
        """Return the local library called `name`, or None."""
        return self._by_name.get(name)

    def closure(self, names: Iterable[str], ppx: Iterable[str] = ()) -> tuple[list[Library], list[str]]:
        """Return the local libraries to link for `names`, dependencies first, and the names that are not local.

        Code preprocessed by the libraries `ppx` also requires the libraries that these declare for it. For ppx libraries of
        packages findlib knows that, so they are among the names that are not local.
        """
        if not self.libraries:
            return [], list(dict.fromkeys([*names, *ppx]))
        wanted = [*names, *self._runtime(ppx)]
        local: dict[Library, None] = {}
        others: dict[str, None] = {}
        seen: set[str] = set()
        left = [(name, False) for name in reversed(wanted)]
        while left:
            name, done = left.pop()
            library = self.library(name)
            if library is None:
                others[name] = None
            elif done:
                local[library] = None
            elif library.name not in seen:
                seen.add(library.name)
                requires = [*library.requires, *self._runtime(library.ppx)]
                left += [(name, True), *((each, False) for each in reversed(requires))]
        return list(local), list(others)

    def _runtime(self, ppx: Iterable[str]) -> list[str]:
        """Return the libraries that code written by the libraries `ppx` requires."""
        found: dict[str, None] = {}
        seen: set[str] = set()
        left = list(ppx)[::-1]
        while left:
            name = left.pop()
            library = self.library(name)
            if name in seen:
                continue
            seen.add(name)
            if library is None:
                found[name] = None
            else:
                found.update(dict.fromkeys(library.runtime))
                left += reversed([each for each in library.requires if self.library(each) is not None])
        return list(found)
