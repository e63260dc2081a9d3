"""Conditions and opam files mean the same here as they do to opam itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Version, package
from functoria.errors import BuildError
from functoria.opam.audit import default_environment
from functoria.opam.file import And, Not, Or, Relation, Value, Word
from functoria.opam.repository import Repository
from functoria.opam.solver import solver
from functoria.opam.tree import files
from tests import tools
from tests.opam.test_opam_repository import HEADER, write_release
from tests.opam.test_opamfile import say

CONDITIONS = [
    *('os = "linux"', 'os-family = "debian"', 'os-distribution = "ubuntu" | os-version = "12"', "?os-version"),
    *('os-distribution = "debian"', 'arch = "x86_64"', 'opam-version >= "2.1"', 'opam-version < "2.0"'),
    *('sys-ocaml-version >= "4.0"', 'sys-ocaml-version < "4.0"', "sys-ocaml-version", "?sys-ocaml-version"),
    *('sys-ocaml-arch = "x86_64"', 'sys-ocaml-cc = "cc"', 'sys-ocaml-libc = "libc"'),
    *('"%{os}%" = "linux"', '"%{os}%" = "macos"', 'os = "%{os}%"', '"x%{os}%y%{nope}%z" = "xlinuxyz"'),
    *('"%{nope}%" = ""', '"%{nope?x:y}%" = "y"', '"%{os?x:y}%" = "y"', '"%{os" = "%{os"', '"%{ os }%" = "linux"'),
    *('"%{_:name}%" = name', '"%{version}%" = version', 'version = "1"', '_:version != "1"', '?"%{nope}%"'),
    *('"true"', '"false"', '"x"', '!"x"', '"x" | true', '!("x" & false)', '!("x" | false)', '!"false"', "1", '"1" = 1'),
    *("os", "!os", "nope", "!nope", "?nope", "!?nope", "nope | true", "!(nope & false)", "!(nope & true)", "?(nope)"),
    *('nope != "x"', '?(nope = "x")', "?(nope | true)", "?(!true)", "[]", "(true)", "foo:installed", "!foo:installed"),
    *("build", "!build", "with-test", "!with-test", "?post", "dev", "pinned", "!pinned"),
]
"""Conditions on the system, many of them easy to get wrong."""
BOUNDS = [
    *('!(< "4.05")', '!(< "4.04")', '!(>= "4.05" & with-test)', '!(!(< "4.05"))', '!(!(< "4.03"))', '= "04.04"'),
    *("nope", "!nope", 'nope & >= "5"', 'nope | >= "5"', 'nope | >= "4"', '!(nope & >= "5")', '!(nope | >= "5")'),
    *("true", "false", '>= "5" & false', '"x"', '!"x"', '"true" & >= "5"', 'version = "1" & >= "5"', "= version"),
    *('!(build & >= "4.05")', '!(build | >= "4.05")', '!(os = "linux") & >= "5"', 'os != "x" & >= "5"', 'os >= "5"'),
    *('= "%{version}%"', '"%{os}%" = "linux" & >= "5"', '!dev & >= "5"', '?with-doc & >= "5"', '?(>= "5")', '>= "4" < "4.02"'),
]  # fmt: skip
FORMULAE = [
    *('("zz" {false} | "ocaml" {>= "5"})', '("zz" {with-test} | "ocaml" {>= "4"})', '("zz" | "ocaml")'),
    *('("zz" {with-test} | "ocaml" {>= "5" & build})', '["ocaml" ("ocaml" {>= "5"} | "ocaml" {< "5"})]'),
    *('("ocaml" {false} | "ocaml" {nope}) & "ocaml" {< "5"}', '(("ocaml" {false}) | ("ocaml" {>= "5"}))'),
]
FILES = {
    "plain": HEADER,
    "older": b'opam-version: "1.2"\n',
    "patch": b'opam-version: "2.0.5"\n',
    "late": b'synopsis: "x"\n' + HEADER,
    "twice": HEADER + HEADER,
    "number": b"opam-version: 2\n",
    "latin": HEADER + b'maintainer: "Andr\xe9" # \xe9\n',
    "mark": b"\xef\xbb\xbf" + HEADER,
    "crlf": HEADER.replace(b"\n", b"\r\n"),
    "zero": HEADER + b"#\0\n",
    "nested": HEADER + b"(* a (* b *) c *)\n",
    "unclosed": HEADER + b"(* a (* b *)\n",
    "text-in-comment": HEADER + b'(* a "*)" *)\n',
    "comment-in-text": HEADER + b'synopsis: "(* " # (* "\n',
    "comment-in-line": HEADER + b"(* # (* *) *)\n",
    "first-counts": HEADER + b'depends: []\ndepends: "zz"\n',
    "first-fails": HEADER + b'depends: "zz"\ndepends: []\n',
    "first-available": HEADER + b"available: true\navailable: false\n",
    "first-unavailable": HEADER + b"available: false\navailable: true\n",
    "syntax": HEADER + b"depends: [\n",
}


def answers(root: Path, releases: Mapping[str, str | bytes]) -> tuple[set[str], set[str]]:
    """Return which of `releases`, named by their fields or contents, can be installed beside ocaml.4.04: here, and by opam."""
    write_release(root, "ocaml", "4.04", "")
    names = {f"p{number}": name for number, name in enumerate(releases)}
    for made, name in names.items():
        content = releases[name]
        write_release(root, made, "1", content if isinstance(content, str) else "")
        if isinstance(content, bytes):
            (root / f"packages/{made}/{made}.1/opam").write_bytes(content)
    read, environment = Repository.read(root), default_environment({})
    ours = {
        name
        for made, name in names.items()
        for release in read.releases(made)
        if release.is_available(environment)
        and release.admits("ocaml", Version("4.04"), environment)
        and release.depends.names != ("zz",)
    }
    # Those that should have a solution are asked about together: opam looks at each by itself if it finds none.
    apart = {made for made, name in names.items() if name not in ours}
    with solver(read) as made_solver:
        found = made_solver.solve({made: [package(made)] for made in names}, apart=apart)
    return ours, {names[made] for made, solution in found.items() if solution.state == "solved"}


@pytest.fixture(autouse=True)
def opam() -> None:
    tools.need("opam")


def test_conditions_on_the_system(tmp_path: Path) -> None:
    ours, theirs = answers(tmp_path, {text: f"available: {text}" for text in CONDITIONS})
    assert ours == theirs
    assert 0 < len(ours) < len(CONDITIONS)


def test_conditions_on_a_dependency(tmp_path: Path) -> None:
    releases = {text: f'depends: ["ocaml" {{{text}}}]' for text in BOUNDS}
    ours, theirs = answers(tmp_path, {**releases, **{text: f"depends: {text}" for text in FORMULAE}})
    assert ours == theirs


@pytest.mark.parametrize("conflict", ['"ocaml"', '"ocaml" {< "5"}', '"ocaml" {>= "5"}', '"ocaml" {build}'])
def test_conflicts(conflict: str, tmp_path: Path) -> None:
    ours, theirs = answers(tmp_path, {"p": f'depends: "ocaml" conflicts: {conflict}'})
    assert ours == theirs


@pytest.fixture
def raw(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """opam gets all files, not only those that are read here."""
    monkeypatch.setattr(Repository, "sources", lambda repository, names=None: files(tmp_path))


@pytest.mark.usefixtures("raw")
def test_opam_files(tmp_path: Path) -> None:
    ours, theirs = answers(tmp_path, FILES)
    assert ours == theirs
    assert 0 < len(ours) < len(FILES)


@pytest.mark.usefixtures("raw")
@pytest.mark.parametrize("content", [b"", b"# nothing\n", b'opam-version: "2.1"\n', b'opam-version: "9.0"\n'])
def test_a_file_that_stops_opam_is_unreadable(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="opam repository"):
        answers(tmp_path, {"p": content})
    assert len(Repository.read(tmp_path).unreadable) == 1


atoms: st.SearchStrategy[Value] = st.sampled_from(
    [
        *(Word(name) for name in ("build", "with-test", "nope", "post", "os")),
        *(Relation(None, sign, "4.05") for sign in (">=", "<", "!=")),
        *(Relation(Word("os"), sign, "linux") for sign in ("=", "!=")),
        *(True, False, "true", "x"),
    ]
)
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: And(tuple(parts))),
        st.lists(inner, min_size=2, max_size=3).map(lambda parts: Or(tuple(parts))),
        st.builds(Not, st.just("!"), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=4, deadline=None)
@given(st.lists(conditions, min_size=30, max_size=30))
def test_any_condition_on_a_dependency(tmp_path_factory: pytest.TempPathFactory, some: Sequence[Value]) -> None:
    releases = {text: f'depends: ["ocaml" {{{text}}}]' for text in map(say, some)}
    ours, theirs = answers(tmp_path_factory.mktemp("repository"), releases)
    assert ours == theirs
