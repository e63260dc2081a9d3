"""ocamlfind's reading of META files: the values of variables, the order of packages, and the archives for a link."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from tests.libraries.facts import V3, Library, Record

HOSTED = ("native", "mt", "mt_posix")
"""The predicates that ocamlfind sets itself for `ocamlopt -thread`."""


def value(library: Library, name: str, predicates: frozenset[str]) -> list[str]:
    """Return the words of a variable: of the applicable definition with the most predicates, and of all that add to it."""
    fitting = [
        variable
        for variable in library.variables
        if variable.name == name
        and all((each.lstrip("-") in predicates) != each.startswith("-") for each in variable.predicates)
    ]
    bases = [variable for variable in fitting if not variable.adds]
    base = max(bases, key=lambda variable: len(variable.predicates), default=None)
    texts = ([base.value] if base else []) + [variable.value for variable in fitting if variable.adds]
    return " ".join(texts).split()


def order(names: Iterable[str], predicates: frozenset[str], record: Record = V3) -> list[str]:
    """Return `names` and all that they require, each after its requirements: depth first, in the order listed.

    If the predicate mt holds, everything requires threads. Raises KeyError for a package without facts.
    """
    done: dict[str, None] = {}

    def visit(name: str) -> None:
        if name in done:
            return
        required = value(record.libraries[name], "requires", predicates)
        if "mt" in predicates and name != "unix" and name.partition(".")[0] != "threads":
            required.append("threads")
        for each in required:
            visit(each)
        done[name] = None

    for name in names:
        visit(name)
    return list(done)


def archives(names: Iterable[str], predicates: frozenset[str], without: Iterable[str] = ()) -> list[str]:
    """Return the archives that -linkpkg links for `names`, in order, except for the packages `without` and their requirements."""
    left_out = set(order(without, predicates))
    return [
        f"{V3.libraries[name].directory}/{file}"
        for name in order(names, predicates)
        if name not in left_out
        for file in value(V3.libraries[name], "archive", predicates)
    ]


def meta(found: object, indent: str = "") -> str:
    """Return the text of a META file for a package, as recorded."""
    assert isinstance(found, Mapping)
    text = ""
    for name, predicates, sign, said in found["vars"]:
        under = f"({','.join(predicates)})" if predicates else ""
        text += f'{indent}{name}{under} {sign} "{said}"\n'
    for name, inside in found.get("packages", {}).items():
        text += f'{indent}package "{name}" (\n{meta(inside, indent + "  ")}{indent})\n'
    return text


def write(directory: Path, packages: Mapping[str, object] = V3.packages, record: Record = V3) -> None:
    """Write META files for `packages`, and empty files that mark packages as installed."""
    for name, found in packages.items():
        (directory / name).mkdir(parents=True, exist_ok=True)
        (directory / name / "META").write_text(meta(found))
    for library in record.libraries.values():
        for file in value(library, "exists_if", frozenset()):
            if library.name.partition(".")[0] in packages and library.directory[0] not in "^+":
                (directory / library.directory / file).parent.mkdir(parents=True, exist_ok=True)
                (directory / library.directory / file).touch()
