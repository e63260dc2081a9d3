"""The tests' stand-ins for libraries are no more permissive than the real ones: see tests/libraries."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from functoria.testing.ocaml import tokens
from tests.libraries import findlib, tree
from tests.libraries.facts import V3
from tests.ocaml_runtime import UNIKERNELS, Runtime
from tests.tools import run

TREES = {"runtime": tree.OF_3, "runtime4": tree.OF_4}


@pytest.mark.parametrize("fixture", TREES)
def test_archives_have_the_units_and_the_needs_of_the_real_ones(fixture: str, request: pytest.FixtureRequest) -> None:
    runtime, made = request.getfixturevalue(fixture), TREES[fixture]
    assert len(made.archives) > 100
    text = run("ocamlobjinfo", *(runtime.prefix / "lib" / archive.path for archive in made.archives)).stdout
    parts = re.split(r"^File ", text, flags=re.MULTILINE)[1:]
    required = {path: own for own, path in _required(made)}
    for archive, part in zip(made.archives, parts, strict=True):
        assert part.startswith(str(runtime.prefix / "lib" / archive.path))
        assert sorted(re.findall(r"^Name: (\w+)", part, re.MULTILINE)) == made.units(archive)
        imported = set()
        for listed in re.findall(r"^Implementations imported:\n((?:\t.*\n)*)", part, re.MULTILINE):
            imported |= {line.split()[-1] for line in listed.splitlines()}
        more = {unit for unit in imported - set(made.units(archive)) if not unit.startswith(("Stdlib", "Camlinternal"))}
        assert archive.needs - {"Bigarray"} <= more, archive.path  # now part of the standard library
        # An implementation may need more than the real one if the archive's requirements include it anyway.
        others = {unit for units in made.more.values() for unit in units}
        assert more - archive.needs <= required[archive.path] | others, archive.path


def _required(made: tree.Tree) -> Iterator[tuple[set[str], str]]:
    """For each archive that is made, return the units of the libraries that its own library requires."""
    record = made.record
    for name in made.libraries:
        files = [
            f"{record.libraries[each].directory}/{file}"
            for each in findlib.order([name], made.target, record)
            for file in findlib.value(record.libraries[each], "archive", made.target)
        ]
        units = {unit for path in files if path in record.archives for unit in record.archives[path].provides}
        for file in findlib.value(record.libraries[name], "archive", made.target):
            yield units, f"{record.libraries[name].directory}/{file}"


ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in (V3.directory / "signatures.md").read_text().splitlines()
    if re.match(r"\| [A-Z]", line)
]
FUNCTORS = [row for row in ROWS if len(row) == 3]
VALUES = [row for row in ROWS if len(row) == 2]
ELSEWHERE = {"Resolver_mirage.Make_with_stack": ["", "R.DNS.", "R."]}
"""The place of a row's functions, if they are not in the functor's result itself."""
INCLUDED = {"Fat": "Mirage_fs", "Resolver_mirage": "Resolver"}
"""Units whose signatures are included, so that their text is part of the interface."""


def test_the_record_of_signatures_is_read() -> None:
    assert (len(FUNCTORS), len(VALUES)) == (20, 22)
    assert all(FUNCTORS[at][0] != FUNCTORS[at + 1][0] for at in range(19))


def _plain(text: str) -> str:
    return " ".join(text.split())


@cache
def _implementations() -> dict[str, Path]:
    """Return the units that have an implementation, and the file of each."""
    made = tree.OF_3
    every = {unit: made.implementation(unit, archive) for archive in made.archives for unit in made.units(archive)}
    return {unit: path for unit, path in every.items() if path is not None}


def _source(unit: str) -> str:
    """Return the text of a stand-in's interface, or of its implementation if it has none, with single blanks."""
    path = _implementations()[unit]
    interface = path.with_suffix(".mli")
    return _plain((interface if interface.exists() else path).read_text())


def _functions(row: list[str]) -> list[tuple[str, str]]:
    found = []
    for said in row[2].split("; "):
        name, _, type = said.partition(" : ")
        found.append((name, type))
    return found


def _unit(path: str) -> tuple[str, str]:
    """Return the unit that contains what a row of the record names, and the prefix of that name."""
    parts = path.split(".")
    units = _implementations()
    wrapped = f"{parts[0]}__{parts[1]}"
    if wrapped in units:
        return wrapped, f"{parts[0]}.{parts[1]}."
    if len(parts) > 2 and parts[1] in units:
        return parts[1], f"{parts[0]}.{parts[1]}."
    return parts[0], f"{parts[0]}."


@pytest.mark.parametrize("row", FUNCTORS, ids=lambda row: row[0])
def test_a_functor_takes_and_has_what_is_recorded(row: list[str]) -> None:
    unit, prefix = _unit(row[0])
    name = row[0].rpartition(".")[2]
    found = re.search(rf"module {name} ((?:\(\w+ : [\w.]+\) )+):", _source(unit))
    assert found
    assert found[1].strip() == row[1].replace(prefix, "").replace(f": {unit}.", ": ")
    text = _source(unit) + (_source(INCLUDED[unit]) if unit in INCLUDED else "")
    for function, type in _functions(row):
        assert f"val {function} : {type.replace(prefix, '')}" in text


@pytest.mark.parametrize("row", VALUES, ids=lambda row: row[0])
def test_a_value_has_the_type_that_is_recorded(row: list[str]) -> None:
    unit, prefix = _unit(row[0])
    assert f"val {row[0].rpartition('.')[2]} : {row[1].replace(prefix, '')}" in _source(unit)


def test_the_compiler_agrees(runtime: Runtime, tmp_path: Path) -> None:
    code = []
    for number, (path, parameters, _) in enumerate(FUNCTORS):
        arguments = " ".join(f"({name})" for name in re.findall(r"\((\w+) :", parameters))
        places = ELSEWHERE.get(path, [""] * len(_functions(FUNCTORS[number])))
        code.append(f"module Check_{number} {parameters} = struct\n  module M = {path} {arguments}")
        for (function, type), place in zip(_functions(FUNCTORS[number]), places, strict=True):
            opened = f"M.{place}".rstrip(".")
            code.append(f"  let _ = let open {opened} in ({opened}.{function} : {type})")
        code.append("end")
    code += [f"let _ = ({path} : {type})" for path, type in VALUES]
    (tmp_path / "check.ml").write_text("\n".join(code) + "\n")
    libraries = ["-thread", "-package", ",".join(tree.OF_3.asked), "-predicates", "mirage_unix"]
    done = run("ocamlfind", "ocamlopt", "-w", "-a", *libraries, "-c", "check.ml", cwd=tmp_path, **runtime.variables)
    assert done.stdout + done.stderr == ""


NEWER = frozenset(
    [
        *(
            "Atomic",
            "Bool",
            "Domain",
            "Effect",
            "Either",
            "Fun",
            "In_channel",
            "Int",
            "Option",
            "Out_channel",
            "Result",
        ),
        *("Semaphore", "Type", "Unit"),
    ]
)
"""Modules of the standard library that do not exist in OCaml 4.07, the version for MirageOS 3.3."""


@pytest.mark.parametrize("path", sorted(UNIKERNELS.rglob("*.ml")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_unikernels_are_written_for_the_ocaml_of_2018(path: Path) -> None:
    words = [token.text for token in tokens(path.read_text()) if token.kind in ("word", "operator")]
    heads = {
        word
        for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False)
        if after == "." != before
    }
    assert not heads & NEWER
