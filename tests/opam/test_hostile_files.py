"""Hostile opam files: reading takes time and memory linear in the size, and ends with a value or an error."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Version
from functoria.errors import InvalidVersion
from functoria.opam.file import InvalidOpamFile, condition, parse
from functoria.opam.formula import Environment, Formula
from functoria.opam.limits import DEPTH, FILE, Limits
from functoria.opam.nodes import (
    And,
    Conditional,
    Group,
    Items,
    Not,
    Or,
    Relation,
    Value,
    Word,
    of_data,
    parts,
    to_data,
)
from functoria.opam.repository import Release
from functoria.opam.versions import COMPARE, Versions
from tests.opam.test_opam_repository import write_release

BOUNDED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (120, 120))
resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
from functoria.opam.file import InvalidOpamFile, parse
from functoria.opam.formula import Environment, Formula
from functoria.version import Version
from functoria.opam.nodes import of_data, to_data
try:
    value = parse(sys.stdin.buffer.read()).fields["a"]
except InvalidOpamFile as error:
    print(error.message[:200])
else:
    assert of_data(to_data(value)) == value
    environment = Environment({"b": True})
    environment.holds(value)
    Formula(value).allows("a", Version("1"), environment)
    Formula(value).hits("a", Version("1"), environment)
    print("read", len(Formula(value).names))
"""
"""Reads and measures a file in a process that is stopped if it needs disproportionate time or memory: if reading is linear,
a file of a megabyte takes some seconds."""


def bounded(text: bytes) -> str:
    """Read and evaluate `text`, and return the outcome."""
    done = subprocess.run([sys.executable, "-c", BOUNDED], input=text, capture_output=True, check=False, cwd=Path.cwd())
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout.decode(errors="replace").strip()


def filled(head: str, piece: str, tail: str = "", *, size: int = FILE) -> bytes:
    """Return `piece` between `head` and `tail`, as often as fits into a file of `size`."""
    return (head + piece * ((size - len(head) - len(tail)) // len(piece)) + tail).encode()


def flat(head: str, piece: str, tail: str = "") -> bytes:
    """Return the same for a file of a size that is read within seconds."""
    return filled(head, piece, tail, size=FILE // 4)


REFUSED = {
    "strings that begin and do not end": filled("(* *) a: ", '\\"'),
    "strings in an open comment": filled("a: (* ", '"\\" '),
    "quotes by threes": filled('(* *) a: "', '\\" """'),
    "quotes": filled("(* *) a: ", '"') + b'"',
    "comments that begin": filled("a: ", "(* "),
    "brackets": filled("a: ", "["),
    "braces": filled('a: "x" ', "{"),
    "groups in braces": filled('a: "x" {', "("),
    "signs": filled("a: ", "!"),
    "signs in braces": filled('a: "x" {', "! "),
    "braces after braces": filled('a: "x"', " {b}"),
    "backslashes": filled('(* *) a: "', "\\"),
    "sections": filled("", "x {"),
    "digits": filled("a: ", "9"),
    "not UTF-8": FILE * b"\xff",
    "zero bytes": FILE * b"\0",
}
FLAT = {
    "signs side by side": flat("a: [ ", '!"a" ', "]"),
    "strings under braces": flat("a: [ ", '"a" {b} ', "]"),
    "alternatives": flat("a: [ b ", "| c ", "]"),
    "relations": flat("a: [", 'a = "b" & ', "c ]"),
    "formulae in braces": flat('a: "x" {', ' b >= "1" ', "}"),
    "comments": flat("a: b ", "(* ) *)"),
    "comments in comments": b"a: b " + b"(*" * 60_000 + b"*)" * 60_000,
    "lines of comments": flat("a: b ", "#\n"),
    "a string": flat('a: "', '\\"', '"'),
    "interpolations": flat('a: "', "%{a?", '"'),
    "closed groups": flat("a: [", "(a) ", "]"),
    "sections side by side": flat("a: b ", "x {}\n"),
    "fields": flat("", "a: b "),
}


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_made_to_take_for_ever_is_refused(kind: str) -> None:
    assert not bounded(REFUSED[kind][:FILE]).startswith("read")


@pytest.mark.parametrize("kind", FLAT)
def test_what_is_long_and_flat_is_read(kind: str) -> None:
    assert bounded(FLAT[kind]).startswith("read")


NESTED = {
    "brackets": ("[", "]"),
    "groups": ("(", ")"),
    "signs": ("!", ""),
    "questions": ("?", ""),
    "braces": ("", " {b}"),
    "signs before groups": ("!(", ")"),
}
"""Ways to nest, each with the text before and after a value."""


@pytest.mark.parametrize("kind", NESTED)
def test_nesting_is_limited_and_nothing_else(kind: str) -> None:
    before, after = NESTED[kind]
    levels = len((before + after.replace(" {b}", "{")).replace(")", "").replace("]", ""))

    def text(times: int) -> str:
        return "a: " + before * times + "b" + after * times

    most = DEPTH // levels
    assert text(most).count("b") >= 1
    deep = parse(text(most)).fields["a"]
    side_by_side = parse("a: [" + " ".join([text(most - 1).removeprefix("a: ")] * 50) + "]").fields["a"]
    for value in (deep, side_by_side):
        assert of_data(json.loads(json.dumps(to_data(value)))) == value
    with pytest.raises(InvalidOpamFile) as caught:
        parse("\n\n" + text(most + 1), name="p/opam")
    assert "the limit depth" in caught.value.message
    assert caught.value.locations[0].line == 3


@pytest.mark.parametrize("kind", NESTED)
def test_the_limit_of_nesting_can_be_raised_far(kind: str) -> None:
    before, after = NESTED[kind]
    value = parse("a: " + before * 20_000 + '"p"' + after * 20_000, limits=Limits(depth=100_000)).fields["a"]
    environment = Environment({"b": True, "p": True})
    assert environment.holds(value) in (True, False)
    formula = Formula(value)
    assert formula.names in ((), ("p",))
    assert formula.allows("p", Version("1"), environment) in (True, False)
    assert formula.hits("p", Version("1"), environment) in (True, False)
    assert environment.meets(value, Version("1")) in (True, False)
    again = of_data(json.loads(json.dumps(to_data(value))))
    while parts(value):
        assert type(again) is type(value)
        value, again = parts(value)[0], parts(again)[0]
    assert again == value == "p"


def test_the_limit_of_the_file_can_be_raised() -> None:
    text = "a: b " + "#" * FILE
    with pytest.raises(InvalidOpamFile, match="the limit file"):
        parse(text)
    assert list(parse(text, limits=Limits(file=len(text))).fields) == ["a"]
    with pytest.raises(InvalidOpamFile, match="the limit file"):
        condition(text, limits=Limits(file=10))


rows = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-3, 3),
        st.sampled_from(["Word", "Not", "Items", "Relation", "Conditional"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=2), inner, max_size=1)),
    max_leaves=8,
)


@settings(max_examples=500)
@given(rows)
def test_data_of_another_form_is_refused(data: object) -> None:
    try:
        value = of_data(data)
    except ValueError:
        return
    assert to_data(value) == data
    environment = Environment.host()
    for fields in ({"depends": value, "conflicts": value, "available": value, "pin-depends": value}, {}):
        release = Release("a", Version("1"), fields)
        assert release.admits("b", Version("1"), environment) in (True, False)
        assert release.is_available(environment) in (True, False)
        assert isinstance(release.pins, tuple)


texts = st.sampled_from(["b", "c", "1", "2.0", "1.0~rc", "a b", "true", "%{version}%", "%{os}%"])
conditions = st.recursive(
    st.builds(Relation, st.none() | st.just(Word("version")), st.sampled_from([*COMPARE, "~"]), texts)
    | st.builds(Word, st.sampled_from(["build", "with-test", "os", "nothing"])),
    lambda inner: (
        st.builds(Not, st.sampled_from("!?"), inner)
        | st.builds(And, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
formulae = st.recursive(
    st.builds(Conditional, texts, st.none() | conditions) | texts,
    lambda inner: st.sampled_from([And, Or, Group, Items]).flatmap(
        lambda node: st.builds(node, st.lists(inner, max_size=3).map(tuple))
    ),
    max_leaves=6,
)
several = st.lists(st.sampled_from(["0.9", "1", "1.0", "1.0~rc", "2.0", "2.0-1", "10"]).map(Version), max_size=6)


@settings(max_examples=500)
@given(formulae, formulae, several)
def test_versions_are_weighed_together_as_one_by_one(depends: Value, conflicts: Value, versions: list[Version]) -> None:
    release = Release("a", Version("1"), {"depends": depends, "conflicts": conflicts})
    environment = Environment({"os": "linux"})
    among = Versions(versions)
    found = release.admitting("b", among, environment)
    assert [one for place, one in enumerate(among.ordered) if found >> place & 1] == [
        one for one in sorted(versions) if release.admits("b", one, environment)
    ]
    assert found <= among.all


@settings(max_examples=500)
@given(several, st.sampled_from([*COMPARE, "~"]), texts)
def test_a_version_stands_beside_a_bound_as_it_compares(versions: list[Version], sign: str, bound: str) -> None:
    found = Versions(versions).beside(sign, bound)
    if sign == "~":
        assert found is None
        return
    try:
        stands = [COMPARE[sign](one, Version(bound)) for one in sorted(versions)]
    except InvalidVersion:
        stands = [COMPARE[sign](one.text, bound) for one in sorted(versions)]
    assert found == sum(stand << place for place, stand in enumerate(stands))


@settings(max_examples=300)
@given(conditions, conditions, several)
def test_a_negation_is_one_of_each_part(one: Value, two: Value, versions: list[Version]) -> None:
    environment, among = Environment({"os": "linux"}), Versions(versions)

    def met(condition: Value) -> int:
        return environment.met(condition, among)

    bound = Relation(None, ">=", "1.0")
    assert met(Not("!", bound)) == among.all ^ met(bound)
    assert met(Not("!", Not("!", one))) == met(one)
    assert met(Not("!", And((one, two)))) == met(Not("!", one)) | met(Not("!", two))
    assert met(Not("!", Or((one, two)))) == met(Not("!", one)) & met(Not("!", two))


WEIGHED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from functoria import Package, Version
from functoria.opam.audit import Case, audit
from functoria.opam.repository import Repository
(result,) = audit([Case("config.py", (), (Package("a"),))], Repository.read(sys.argv[1], jobs=1))
print(len(result.findings[0].other_ocaml), result.findings[0].breaks)
"""


@pytest.mark.parametrize("field", ["depends", "conflicts"])
def test_a_long_formula_is_weighed_once_for_all_compilers(field: str, tmp_path: Path) -> None:
    for version in range(400):
        write_release(tmp_path, "ocaml", f"4.{version}", "")
    head = 'depends: "ocaml"\nconflicts: [' if field == "conflicts" else "depends: ["
    sign = ">=" if field == "conflicts" else "<"
    text = filled(head, f'"ocaml" {{{sign} "4.0"}} ', "]", size=FILE // 2).decode()
    write_release(tmp_path, "a", "1", text)
    command = [sys.executable, "-c", WEIGHED, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "1 no admitted release can be built with an OCaml of the range\n"
