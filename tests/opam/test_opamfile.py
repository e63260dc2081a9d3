"""opam files: their content, its meaning, and what is refused."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Unsupported, Version, quote
from functoria.opam.file import (
    And,
    Conditional,
    Group,
    InvalidOpamFile,
    Items,
    Not,
    OpamFile,
    Or,
    Relation,
    Value,
    Word,
    condition,
    of_data,
    parse,
    to_data,
)
from functoria.opam.formula import Environment, Formula
from tests import recorded

FILE = """\
# a comment, (* and not another
opam-version: "2.0"
depends: [
  "ocaml" {>= "4.04.2" & < "5.0~"}  (* one (two) * *)
  "lwt" {build & >= "1.0" "x"}
  ("a" | "b" {with-test}) "c"
]
available: [ os = "linux" & !(arch = "x" | ?foo:installed) ]
build: [[make "-j" jobs] {os != "macos"}]
setenv: [PATH += "%{bin}%"]
messages: \"\"\"one "two" ""
three\"\"\"
flags: compiler
x-many: 1
x-many: -2
url { src: "https://example.org/a.tgz" checksum: ["md5=0"] }
extra-source "fix.patch" { src: "x\\x41\\066\\n\\"" }
"""


def test_the_shape_of_a_file() -> None:
    read = parse(FILE)
    linux = Relation(Word("os"), "=", "linux")
    assert read.fields["depends"] == Items(
        (
            Conditional("ocaml", And((Relation(None, ">=", "4.04.2"), Relation(None, "<", "5.0~")))),
            Conditional("lwt", And((And((Word("build"), Relation(None, ">=", "1.0"))), "x"))),
            Group((Or(("a", Conditional("b", Word("with-test")))),)),
            "c",
        )
    )
    either = Group((Or((Relation(Word("arch"), "=", "x"), Not("?", Word("foo:installed")))),))
    assert read.fields["available"] == Items((And((linux, Not("!", either))),))
    assert read.fields["setenv"] == Items((Relation(Word("PATH"), "+=", "%{bin}%"),))
    assert read.fields["messages"] == 'one "two" ""\nthree'
    assert read.fields["flags"] == Word("compiler")
    assert read.fields["x-many"] == 1
    assert [section.kind for section in read.sections] == ["url", "extra-source"]
    assert read.sections[1].name == "fix.patch"
    assert read.sections[1].fields.fields["src"] == 'xAB\n"'


@pytest.mark.parametrize(
    "text",
    [
        "depends",
        "depends: [",
        'depends: ["a" {>= }]',
        'a: "unclosed',
        'opam-version: "2.0" opam-version: "2.0"',
        "(* a (* b *)",
        b"\xef\xbb\xbfa: 1",
        "a:",
        "{",
        'x:y: "1"',
        "a: 99999999999999999999",
        "a: " + "(" * 200 + ")" * 200,
        "a: " + "!" * 20000 + "b",
        "a: " + "[" * 100000,
        b"a: \xff",
        b"\xff\xfe",
        "\0",
    ],
)
def test_what_is_no_opam_file_is_refused(text: str | bytes) -> None:
    with pytest.raises(InvalidOpamFile) as caught:
        parse(text, name="bad/opam")
    assert "bad/opam" in str(caught.value)
    assert caught.value.locations[0].file == "bad/opam"


def test_an_error_says_the_line() -> None:
    with pytest.raises(InvalidOpamFile) as caught:
        parse('opam-version: "2.0"\ndepends: [\n  "a" }\n]\n')
    assert caught.value.locations[0].line == 3


words = st.from_regex(r"[a-z][a-z0-9+_-]{0,6}(:[a-z]{1,3})?", fullmatch=True).filter(
    lambda w: w not in ("true", "false")
)
atoms = st.one_of(st.text(max_size=6), words.map(Word), st.integers(-(10**9), 10**9), st.booleans())
formulae = st.recursive(
    st.one_of(atoms, st.builds(Relation, st.none(), st.sampled_from(["=", ">=", "<", "!="]), atoms)),
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        st.builds(Not, st.just("!"), inner),
    ),
    max_leaves=8,
)


def say(value: Value) -> str:
    """Return `value` in opam's syntax within braces, with more parentheses than necessary."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return quote.opam(value)
        case Word(name):
            return name
        case Relation(left, sign, right):
            return f"{'' if left is None else say(left)} {sign} {say(right)}"
        case Not(sign, part):
            return f"{sign} ({say(part)})"
        case And(parts):
            return " & ".join(f"({say(part)})" for part in parts)
        case Or(parts):
            return " | ".join(f"({say(part)})" for part in parts)
    return str(value)


@given(formulae)
def test_a_formula_reads_back(value: Value) -> None:
    assert condition(say(value)) == value
    assert condition("") is None


@given(formulae)
def test_what_is_kept_reads_back(value: Value) -> None:
    whole = Items((Conditional("a", value), Group((value, "b"))))
    assert of_data(to_data(whole)) == whole


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ('os = "linux"', True),
        ('os != "linux"', False),
        ('os = "linux" & arch = "arm64"', False),
        ('os = "linux" | unknown', True),
        ('unknown & os = "win32"', False),
        ("unknown", False),
        ("!unknown", False),
        ("?unknown", False),
        ("?os", True),
        ('opam-version >= "2.1.0~~"', True),
        ('!(os = "macos" | with-test)', True),
        ("true", True),
        ('"false"', False),
    ],
)
def test_conditions_on_the_system(text: str, want: bool) -> None:
    environment = Environment({"os": "linux", "arch": "x86_64", "opam-version": "2.1.2", "with-test": False})
    found = condition(text)
    assert found is not None
    assert environment.holds(found) is want


@pytest.mark.parametrize(
    ("depends", "version", "want"),
    [
        ('["ocaml" {>= "4.04"}]', "4.07.1", True),
        ('["ocaml" {>= "4.04"}]', "4.03.0", False),
        ('["ocaml" {>= "4.04" < "4.06"}]', "4.07.1", False),
        ('["ocaml" {with-test & < "4.00"}]', "4.07.1", True),
        ('["ocaml" {build & < "4.00"}]', "4.07.1", False),
        ('["ocaml" {= version}]', "4.07.1", False),
        ('["ocaml" {= version}]', "1.0", True),
        ('["lwt" {< "1"} ("ocaml" {< "4.00"} | "other")]', "4.07.1", True),
        ('["lwt" ("ocaml" {< "4.00"} | "ocaml" {> "5"})]', "4.07.1", False),
        ('"ocaml" {>= "4.04"} & "lwt"', "4.00", False),
        ('["ocaml" {os = "macos" & < "4.00"}]', "4.07.1", True),
        ('["ocaml" {}]', "4.07.1", True),
    ],
)
def test_dependencies_on_one_package(depends: str, version: str, want: bool) -> None:
    environment = Environment({"os": "linux", "with-test": False, "build": True}).of("p", Version("1.0"))
    formula = Formula(parse(f"depends: {depends}").fields["depends"])
    assert formula.allows("ocaml", Version(version), environment) is want


def test_conflicts_name_versions() -> None:
    formula = Formula(parse('conflicts: ["lwt" {< "2"} "ssl"]').fields["conflicts"])
    environment = Environment()
    assert formula.hits("lwt", Version("1.9"), environment)
    assert not formula.hits("lwt", Version("2"), environment)
    assert formula.hits("ssl", Version("1"), environment)
    assert formula.names == ("lwt", "ssl")


@pytest.mark.parametrize("name", sorted({name for name, _ in recorded.cases()}))
def test_emitted_files_are_read_as_they_were_meant(name: str) -> None:
    for target in recorded.facts(name):
        try:
            plan = recorded.application(name).plan(recorded.context(name, target))
        except Unsupported:
            continue
        text = next(text for file, text in plan.files().items() if file.endswith(".opam"))
        read = parse(text)
        assert Formula(read.fields["depends"]).names == tuple(package.name for package in plan.packages)
        assert isinstance(read.fields["depends"], Items)
        for package, value in zip(plan.packages, read.fields["depends"].items, strict=True):
            conditions = " & ".join(["build"] * package.build + package.bounds.conditions())
            assert value == (Conditional(package.name, condition(conditions)) if conditions else package.name)


@settings(max_examples=50)
@given(
    st.lists(
        st.sampled_from(['"a"', "{", "}", "[", "]", "(", ")", ">=", "&", "|", "!", "x", ":", "1", "\n"]), max_size=30
    )
)
def test_tokens_in_any_order_are_read_or_refused(tokens: list[str]) -> None:
    with contextlib.suppress(InvalidOpamFile):
        assert isinstance(parse(" ".join(tokens)), OpamFile)
