"""The errors of ocamlopt for a link: for each linked unit, the units that it needs must be to its left."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from attrs import frozen

from functoria import Plan
from functoria.sexp import Sexp
from functoria.testing.ocaml import tokens
from tests.libraries import findlib
from tests.libraries.facts import V3


@frozen
class Link:
    """A command of `ocamlfind ocamlopt` that links."""

    words: tuple[str, ...]

    def option(self, name: str) -> tuple[str, ...]:
        """Return the value of the option, split at commas; empty if it is not given."""
        return tuple(self.words[self.words.index(name) + 1].split(",")) if name in self.words else ()

    @property
    def predicates(self) -> frozenset[str]:
        """Return the predicates that hold."""
        own = findlib.HOSTED if "-thread" in self.words else ("native",)
        return frozenset([*own, *self.option("-predicates")])

    @property
    def packages(self) -> tuple[str, ...]:
        """Return the requested packages, in order."""
        return self.option("-package")

    def archives(self, packages: Iterable[str] | None = None) -> list[str]:
        """Return the archives that it links before its own files; `packages` replace those that it requests."""
        asked = self.packages if packages is None else packages
        return findlib.archives(asked, self.predicates, self.option("-dontlink"))


def command(plan: Plan) -> Link:
    """Return the command in the dune file of `plan` that links all OCaml code."""
    found = [words for each in plan.stanzas for words in _commands(each)]
    assert len(found) == 1, found
    return Link(found[0])


def _commands(sexp: Sexp) -> Iterable[tuple[str, ...]]:
    if isinstance(sexp, str):
        return
    if sexp[:3] == ("run", "ocamlfind", "ocamlopt"):
        yield tuple(str(word) for word in sexp)
    for each in sexp:
        yield from _commands(each)


def missing(archives: Sequence[str]) -> list[tuple[str, str]]:
    """Return the units that archives need and none to their left provides, each with the archive; empty if the link works.

    This is stricter than ocamlopt, which omits units that nothing needs: a unikernel's own code may need any.
    """
    have: set[str] = set()
    found = []
    for path in archives:
        archive = V3.archives[path]
        found += [(path, unit) for unit in sorted(archive.needs - have - archive.provides)]
        have |= archive.provides
    return found


def doubles(archives: Sequence[str]) -> list[str]:
    """Return the units that are in two of `archives`."""
    units = [unit for path in dict.fromkeys(archives) for unit in V3.archives[path].provides]
    return sorted({unit for unit in units if units.count(unit) > 1})


def mentioned(plan: Plan) -> set[str]:
    """Return the units of libraries that the glue code of `plan` mentions."""
    found = set()
    for name in ("main.ml", "key_gen.ml"):
        words = ["", *(token.text for token in tokens(plan.files()[name]) if token.kind in ("word", "operator"))]
        pairs = set(itertools.pairwise(words))
        own, known = {word for before, word in pairs if before == "module"}, V3.units
        found |= {word for before, word in pairs if word in known - own and before != "."}
    return found
