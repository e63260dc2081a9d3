"""Every mistake in a fleet's TOML file is reported with the file, the quoted line, and a mark under it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.command_line import Cli, Done
from tests.fleets import IN_OCAML, unikernels

pytestmark = pytest.mark.usefixtures("one_process")
FIRST = 'configurations = ["unikernels/"]\n'


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    unikernels(tmp_path / "unikernels", "a")
    (tmp_path / "unikernels" / "notes.txt").write_text("")
    (tmp_path / "caml").mkdir()
    (tmp_path / "caml" / "config.ml").write_text(IN_OCAML)
    return tmp_path


def marked(text: str, said: str) -> list[tuple[int, str]]:
    """Return the lines of the description quoted in a message, and the marked part of each."""
    found = []
    lines = said.splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        quote = re.match(r"( *at fleet\.toml:(\d+)  )(.*)", line)
        if quote is not None:
            number = int(quote[2])
            assert quote[3] == text.splitlines()[number - 1].strip().replace("\t", " ")
            assert re.fullmatch(r" +\^+", below), said
            start = below.index("^")
            found.append((number, line[start : start + below.count("^")]))
    return found


def planned(cli: Cli, place: Path, text: str) -> Done:
    (place / "fleet.toml").write_text(text)
    return cli("fleet", "plan", "-j", "1")


@pytest.mark.parametrize(
    ("text", "line", "mark", "says"),
    [
        # not TOML
        (FIRST + "targets = [\n", 2, "[", "it is not TOML"),
        (FIRST + "targets = 'hvt\n", 2, "t", "it is not TOML"),
        (FIRST + "a b = 1\n", 2, "b", "it is not TOML"),
        (FIRST + "targets = []\ntargets = []\n", 3, "]", "it is not TOML"),
        # names
        (FIRST + "\ntargest = 'all'\n", 3, "targest", "it has no targest: did you mean targets?"),
        (FIRST + "[matirx]\na = [1]\n", 2, "matirx", "did you mean matrix?"),
        (FIRST + "[[group]]\n[group.kyes]\na = 1\n", 3, "kyes", "group 1 has no kyes: did you mean keys?"),
        (FIRST + "[[groups]]\n", 2, "groups", "did you mean group?"),
        (FIRST + "[[group]]\ngroup = []\n", 3, "group", "group 1 has no group"),
        (FIRST + "'zz y' = 1\n", 2, "'zz y'", "it may have configurations"),
        # types
        ("configurations = 3\n", 1, "3", "configurations must be a string or a list, not 3"),
        (FIRST + "targets = true\n", 2, "true", "targets must be a string or a list, not True"),
        (FIRST + "keys = ['a']\n", 2, "['a']", "keys must be a table"),
        (FIRST + "matrix = 1979-05-27 07:32:00\n", 2, "1979-05-27 07:32:00", "matrix must be a table"),
        (FIRST + "release = 3.3\n", 2, "3.3", "release must be a string"),
        (FIRST + "exclude = ['a', 3]\n", 2, "'a'", "exclude must be a table in double brackets"),
        (FIRST + "group = [{configurations = 'unikernels'}, 3]\n", 2, "3", "group must be a table in double brackets"),
        (FIRST + "[exclude]\ntarget = 'hvt'\n", 2, "exclude", "exclude must be a list"),
        (FIRST + "[matrix]\na = [1]\nb = 'x'\n", 4, "'x'", "b must be a list of values"),
        (FIRST + "[keys]\na.b = 1\n", 3, "a", "a must be a value of a key, not a table"),
        (FIRST + "[[exclude]]\ntarget = {a = 1}\n", 3, "{a = 1}", "target must be a string or a list of strings"),
        # empty, or given twice
        (FIRST + "targets = []\n", 2, "[]", "target must be a list of values"),
        (FIRST + "[matrix]\n", 2, "matrix", "matrix is empty: list values of a key in it, or leave it out"),
        (FIRST + "matrix = {}\n", 2, "{}", "matrix is empty"),
        (FIRST + "[matrix]\na = [1]\nbc = []\n", 4, "[]", "bc must be a list of values"),
        (FIRST + "[[exclude]]\n", 2, "exclude", "an exclusion without any key would exclude"),
        (FIRST + "[[exclude]]\ntarget = []\n", 3, "[]", "target must be a string or a list of strings"),
        (FIRST + "targets = ['hvt', 'xen', 'hvt']\n", 2, "'hvt'", "target has hvt twice: list it once"),
        (
            FIRST + "[keys]\na = 1\n[matrix]\na = [1]\n",
            3,
            "a",
            "a is both in keys and among the values to combine: leave one out",
        ),
        (
            FIRST + "targets = ['hvt']\nmatrix = {target = ['xen']}\n",
            3,
            "target",
            "both targets and the matrix give targets: leave one out",
        ),
        # configurations
        ("targets = 'all'\n[keys]\na = 1\n", 1, None, "it names no configurations: write configurations ="),
        (FIRST + "[[group]]\ntargets = 'hvt'\n", 2, "group", "group 1 names no configurations"),
        ("configurations = []\n", 1, "[]", "it names no configurations"),
        ("configurations = [\n  'unikernels',\n  'unikernel/a',\n]\n", 3, "'unikernel/a'", "did you mean unikernels?"),
        ("configurations = 'unikernels/b'\n", 1, "'unikernels/b'", "there is no unikernels/b beside it"),
        (
            "configurations = ['unikernels/a/confg.py']\n",
            1,
            "'unikernels/a/confg.py'",
            "did you mean unikernels/a/config.py?",
        ),
        ("configurations = ['nowhere/*']\n", 1, "'nowhere/*'", "there is no nowhere/* beside it"),
        ("configurations = ['unikernels/a', '']\n", 1, "''", "configurations must be paths"),
        ("configurations = ['unikernels/notes.txt']\n", 1, "'unikernels/notes.txt'", "is not a configuration"),
        ("configurations = ['cache']\n", 1, "'cache'", "contains no configuration"),
    ],
)
def test_of_the_file(cli: Cli, place: Path, text: str, line: int, mark: str | None, says: str) -> None:
    (place / "cache").mkdir()
    done = planned(cli, place, text)
    assert (done.status, done.out) == (1, "")
    assert done.err.startswith("functoria: the fleet fleet.toml: ")
    assert says in done.err
    if mark is not None:
        assert marked(text, done.err) == [(line, mark)], done.err
    else:
        assert f"fleet.toml:{line}" in done.err


@pytest.mark.parametrize(
    ("text", "line", "mark", "says"),
    [
        (FIRST + "targets = ['hvt', 'hvtt']\n", 2, "'hvtt'", "did you mean hvt?"),
        (FIRST + "targets = 'hvtt'\n", 2, "'hvtt'", "did you mean hvt?"),
        (FIRST + "[matrix]\ntarget = ['hvt',\n  'xenn']\n", 4, "'xenn'", "did you mean xen?"),
        (FIRST + "targets = ['hvt']\n[keys]\ngreetnig = 'hi'\n", 4, "greetnig", "did you mean greeting?"),
        (FIRST + "targets = ['hvt']\n[keys]\ngreeting = 'hu'\n", 4, "'hu'", "greeting"),
        (FIRST + "targets = ['hvt']\n[keys]\ngreeting = 3\n", 4, "3", "greeting"),
        (
            FIRST + "[[group]]\nconfigurations = ['caml']\ntargets = ['hvt']\nmatrix.logg = [1]\n",
            5,
            "logg",
            "there is no key 'logg'",
        ),
        ("configurations = 'caml'\n[matrix]\nextra-repos = 'all'\n", 3, "'all'", "extra-repos takes "),
    ],
)
def test_of_a_choice(cli: Cli, place: Path, text: str, line: int, mark: str, says: str) -> None:
    """Mistakes that depend on the configuration are reported for the case: others may have that key or value."""
    done = planned(cli, place, text)
    assert done.status == 1
    (start,) = [number for number, said in enumerate(done.out.splitlines()) if said.startswith("failed: ")]
    below = "\n".join(done.out.splitlines()[start:])
    assert says in below
    assert marked(text, below) == [(line, mark)], done.out
    (case,) = [
        case
        for case in json.loads(cli("fleet", "plan", "-j", "1", "--json").out)["cases"]
        if case["outcome"] == "failed"
    ]
    assert case["error"]["at"][0][:2] == [str(place / "fleet.toml"), line]


@pytest.mark.parametrize(
    ("exclusion", "line", "mark", "says"),
    [
        ("traget = 'hvt'", 5, "'hvt'", "none chooses traget: did you mean target?"),
        ("target = ['xen', 'hvtt']", 5, "'hvtt'", "target=hvtt matches no case: did you mean hvt?"),
        ("target = 'hvt'\nconfiguration = 'unikernel/a'", 6, "'unikernel/a'", "did you mean unikernels/a?"),
        ("target = 'spt'\nconfiguration = 'caml'", 5, "'spt'", "target=spt matches no case"),
    ],
)
def test_of_an_exclusion(cli: Cli, place: Path, exclusion: str, line: int, mark: str, says: str) -> None:
    text = f"{FIRST}targets = ['hvt', 'xen']\nkeys.greeting = 'hi'\n[[exclude]]\n{exclusion}\n"
    done = planned(cli, place, text)
    assert says in done.err
    (told,) = [part for part in done.err.split("functoria: ") if "warning: an exclusion" in part]
    assert marked(text, told) == [(line, mark)], done.err


def test_of_an_exclusion_whose_parts_match_apart(cli: Cli, place: Path) -> None:
    text = f"{FIRST}targets = ['hvt']\nexclude = [{{target = 'hvt', configuration = 'caml'}}]\n"
    text += "[[group]]\nconfigurations = 'caml'\ntargets = 'xen'\n"
    done = planned(cli, place, text)
    assert "no configuration has all of that" in done.err
    assert marked(text, done.err) == [(3, "{target = 'hvt', configuration = 'caml'}")]


def test_of_a_key_that_nobody_has(cli: Cli, place: Path) -> None:
    text = "configurations = ['caml', 'unikernels']\n[matrix]\ntarget = ['hvt']\ngreetings = 'all'\n"
    done = planned(cli, place, text)
    assert (
        "warning: no configuration has a key greetings, all of whose values are to be taken: did you mean greeting?"
        in done.err
    )
    assert marked(text, done.err) == [(4, "greetings")]
    assert planned(cli, place, text.replace("greetings", "greeting")).err.count("warning") == 0


def test_of_what_is_not_utf_8(cli: Cli, place: Path) -> None:
    (place / "fleet.toml").write_bytes(b"# fine\nconfigurations = ['\xe9']\n")
    done = cli("fleet", "plan")
    assert (done.status, done.out) == (1, "")
    first, second = done.err.splitlines()
    assert first == "functoria: the fleet fleet.toml: it is not UTF-8, as TOML must be"
    assert second.startswith("  at fleet.toml:2")
