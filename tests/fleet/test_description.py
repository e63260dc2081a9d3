"""Fleets described in TOML: the described cases, and mistakes with their place."""

from __future__ import annotations

import itertools
import warnings
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from functoria.errors import ConfigError
from functoria.fleet import Fleet
from tests.fleets import IN_OCAML, unikernels


def cases(place: Path, text: str) -> list[str]:
    (place / "fleet.toml").write_text(text)
    return [str(case) for case in Fleet.read(place / "fleet.toml")]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    unikernels(tmp_path / "unikernels", "a", "net/b")
    (tmp_path / "old").mkdir()
    (tmp_path / "old" / "config.ml").write_text(IN_OCAML)
    return tmp_path


def test_configurations_are_files_directories_and_patterns(place: Path) -> None:
    both = ["unikernels/a", "unikernels/net/b"]
    assert cases(place, 'configurations = "unikernels/"') == both
    assert cases(place, 'configurations = ["unikernels/**/config.py"]') == both
    assert cases(place, 'configurations = ["unikernels/net", "unikernels"]') == both[::-1]
    assert cases(place, 'configurations = ["unikernels/a/config.py", "old/config.ml"]') == ["unikernels/a", "old"]
    assert cases(place, 'configurations = ["unikernels/a/parts.py"]') == ["unikernels/a/parts"]


def test_a_matrix_with_exclusions_and_groups(place: Path) -> None:
    text = """
configurations = ["unikernels/"]
targets = ["hvt", "xen"]

[keys]
greeting = "ho"

[[exclude]]
configuration = "*/net/*"
target = "x*"

[[group]]
configurations = ["old/config.ml"]
targets = "all"
keys = { greeting = "hi" }

[[group.exclude]]
target = ["[!u]*", "unikraft-*"]

[[group]]
configurations = ["unikernels/a"]
matrix = { verbose = [true, false], target = ["spt"] }
"""
    assert cases(place, text) == [
        "unikernels/a target=hvt greeting=ho",
        "unikernels/a target=xen greeting=ho",
        "unikernels/net/b target=hvt greeting=ho",
        "old target=unix greeting=hi",
        "unikernels/a target=spt greeting=ho verbose=true",
        "unikernels/a target=spt greeting=ho verbose=false",
    ]


@pytest.mark.parametrize("targets", ["'all'", "['hvt', 'xen', 'spt']"])
@pytest.mark.parametrize(
    ("exclusion", "says"),
    [
        ("target = 'hvt'", None),
        ("target = ['x*', 'hvt']\nconfiguration = '*/a'", None),
        (
            "traget = 'hvt'",
            "an exclusion of traget=hvt matches no case, because none chooses traget: did you mean target?",
        ),
        ("target = ['hvtt']", "an exclusion of target=hvtt matches no case: did you mean hvt?"),
        ("target = ['xen', 'hvtt']", "an exclusion of target=hvtt matches no case: did you mean hvt?"),
        ("configuration = 'unikernel/a'", "configuration=unikernel/a matches no case: did you mean unikernels/a?"),
        ("target = 'hvt'\nconfiguration = 'old'\nmode = 'x'", "none chooses mode"),
        ("target = 'nope'\nconfiguration = 'unikernels/a'", "target=nope matches no case"),
    ],
)
def test_an_exclusion_that_matches_no_case_is_told(place: Path, targets: str, exclusion: str, says: str | None) -> None:
    text = f"configurations = ['unikernels/', 'old/config.ml']\ntargets = {targets}\n[[exclude]]\n{exclusion}\n"
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        cases(place, text)
    assert len(told) == (says is not None)
    assert all(str(says) in str(each.message) for each in told)


_NAMES = st.sampled_from(["a", "b", "c"])
_TEXTS = st.sampled_from(["one", "two", "three", "1"])


@pytest.mark.filterwarnings("ignore:an exclusion of .* matches no case")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    matrix=st.dictionaries(_NAMES, st.lists(_TEXTS, min_size=1, max_size=3, unique=True), max_size=3),
    excluded=st.lists(st.dictionaries(_NAMES, _TEXTS, min_size=1, max_size=2), max_size=3),
)
def test_the_cases_are_the_product_without_what_is_excluded(
    place: Path, matrix: dict[str, list[str]], excluded: list[dict[str, str]]
) -> None:
    lines = [
        'configurations = ["unikernels/a"]',
        *["[matrix]"][: len(matrix)],  # an empty list is a mistake
        *(f"{name} = {values}" for name, values in matrix.items()),
    ]
    for each in excluded:
        lines += ["[[exclude]]", *(f'{name} = "{text}"' for name, text in each.items())]
    product = [dict(zip(matrix, values, strict=True)) for values in itertools.product(*matrix.values())]
    left = [case for case in product if not any(each.items() <= case.items() for each in excluded)]
    assert cases(place, "\n".join(lines)) == [
        " ".join(["unikernels/a", *(f"{name}={case[name]}" for name in sorted(case))]) for case in left
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("configurations = [", "it is not TOML"),
        ("", "it names no configurations"),
        ("[[group]]\ntargets = 'hvt'", "group 1 names no configurations"),
        ("configurations = ['nowhere/*']", "there is no nowhere/* beside it"),
        ("configurations = ['']", "configurations must be paths"),
        ("configurations = ['unikernels/']\ntarget = 'hvt'", "it has no target: did you mean targets?"),
        ("configurations = ['unikernels/']\ntargets = 3", "targets must be a string or a list, not 3"),
        ("configurations = ['unikernels/']\ntargets = []", "target must be a list of values"),
        ("configurations = ['unikernels/']\n[matrix]\ngreeting = 'hi'", "greeting must be a list of values"),
        (
            "configurations = ['unikernels/']\n[keys]\na = 1\n[matrix]\na = [1]",
            "a is both in keys and among the values",
        ),
        ("configurations = ['unikernels/']\n[[exclude]]", "would exclude everything"),
        ("configurations = ['unikernels/']\nexclude = ['hvt']", "a table in double brackets"),
        ("configurations = ['unikernels/']\ngroup = ['hvt']", "a table in double brackets"),
    ],
)
def test_mistakes(place: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError) as caught:
        cases(place, text)
    assert says in caught.value.message


@pytest.mark.parametrize(
    ("above", "below", "found"),
    [
        ("targets = ['hvt']", "", ["hvt"]),
        ("matrix.target = ['hvt']", "", ["hvt"]),
        ("targets = ['hvt']", "matrix.target = ['xen']", ["xen"]),
        ("matrix.target = ['hvt']", "targets = ['xen']", ["xen"]),
        ("targets = ['hvt']", "targets = ['xen', 'spt']", ["xen", "spt"]),
        ("matrix.target = ['hvt']", "matrix.target = ['xen']", ["xen"]),
        ("targets = ['hvt']\nmatrix.target = ['xen']", "", None),
        ("matrix.target = ['xen']\ntargets = 'all'", "", None),
        ("", "targets = ['hvt']\nmatrix.target = ['xen']", None),
    ],
)
def test_targets_are_given_once_in_a_table_and_the_nearer_table_wins(
    place: Path, above: str, below: str, found: list[str] | None
) -> None:
    text = f"{above}\n[[group]]\nconfigurations = ['old/config.ml']\n{below}\n"
    if found is not None:
        assert cases(place, text) == [f"old target={each}" for each in found]
        return
    with pytest.raises(ConfigError, match="both targets and the matrix give targets: leave one out") as caught:
        cases(place, text)
    (location,) = caught.value.locations
    assert "target" in text.splitlines()[(location.line or 0) - 1]


def test_the_line_of_a_mistake(place: Path) -> None:
    with pytest.raises(ConfigError) as caught:
        cases(place, 'configurations = "unikernels/"\n\ntargest = "all"\n')
    (location,) = caught.value.locations
    assert (location.file, location.line) == (str(place / "fleet.toml"), 3)


@pytest.mark.parametrize(
    "said", ['["other.toml"]', '"*.toml"', '["unikernels/", "notes"]', '["unikernels/*/*"]', '".ml"']
)
def test_only_python_and_ocaml_is_run(place: Path, said: str) -> None:
    for name in ("other.toml", "notes", "unikernels/a/config.txt", ".ml"):
        (place / name).write_text(f"open({str(place / 'ran')!r}, 'w')\n")
    with pytest.raises(ConfigError, match=r"is not a configuration, which is a file \.py or \.ml") as caught:
        cases(place, f"targets = 'all'\nconfigurations = {said}\n")
    (location,) = caught.value.locations
    assert (location.file, location.line) == (str(place / "fleet.toml"), 2)
    assert not (place / "ran").exists()


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b"configurations = ['\xe9']")
    for name in ("no.toml", ".", "latin.toml"):
        with pytest.raises(ConfigError):
            Fleet.read(tmp_path / name)
