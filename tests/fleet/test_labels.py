"""Labels: no two configurations of a fleet have the same label, and no two cases the same directory."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from functoria.fleet import Case, Fleet
from functoria.fleet.configuration import File
from functoria.fleet.labels import labels
from tests.fleets import unikernels

PARTS = st.lists(st.sampled_from(["a", "b", "c.d", "a.b", "e f", "e_f"]), min_size=1, max_size=4)
FILES = st.builds(
    lambda parts, name, label: File("/" + "/".join(parts), name, label or parts[-1]),
    PARTS,
    st.sampled_from(["config.py", "config.ml", "other.py"]),
    st.sampled_from(["", "", "", "given", "b/a"]),
)


@given(st.lists(FILES, max_size=12))
@example([File("/a/x", "config.py", "x"), File("/b/x", "config.py", "x"), File("/b", "config.py", "b/x")])
def test_labels_are_the_same_for_the_same_alone(files: list[File]) -> None:
    found = labels(files)
    asked = {(each, each.label) for each in files}
    assert len(set(zip(files, found, strict=True))) == len(asked)
    assert len(set(found)) == len(asked)
    for each, label in zip(files, found, strict=True):
        if len({other for other, said in asked if said == each.label}) == 1:
            assert label == each.label  # unambiguous labels are kept


@given(
    st.lists(
        st.tuples(
            PARTS,
            st.dictionaries(
                st.sampled_from(["target", "a", "b"]), st.sampled_from(["x", "x-b=x", "é", "", "1,2", ".."])
            ),
        ),
        max_size=8,
    )
)
def test_directories_are_the_same_for_the_same_alone(said: list[tuple[list[str], dict[str, Any]]]) -> None:
    cases = [Case.of("config.py", choices, label="/".join(parts)) for parts, choices in said]
    assert len({case.directory for case in cases}) == len({(case.label, case.choices) for case in cases})
    for case in cases:
        assert len(Path(case.directory).parts) == 2
        assert ".." not in Path(case.directory).parts


def test_of_one_name_in_different_directories(tmp_path: Path) -> None:
    for place in ("one", "two"):
        unikernels(tmp_path / place, "dns", "web")
    fleet = Fleet.of(sorted(tmp_path.glob("*/*/config.py")), targets=["hvt"])
    expected = ["one/dns", "one/web", "two/dns", "two/web"]
    assert [case.label for case in fleet] == expected
    found = list(fleet.write(tmp_path / "to", jobs=1))
    assert [each.outcome for each in found] == ["done"] * 4
    assert len({each.case.directory for each in found}) == 4
    both = Fleet.discover(tmp_path / "one", targets=["hvt"]) + Fleet.discover(tmp_path / "two", targets=["hvt"])
    assert [case.label for case in both] == expected
    named = Fleet([Case.of(tmp_path / "one/dns/config.py", label="first"), Case.of(tmp_path / "two/dns/config.py")])
    assert [case.label for case in named] == ["first", "dns"]
    (tmp_path / "from").mkdir()
    (tmp_path / "from" / "fleet.toml").write_text('configurations = ["../one/dns", "../one/../one/web", "../two"]')
    assert [case.label for case in Fleet.read(tmp_path / "from" / "fleet.toml")] == [
        "one/dns",
        "one/web",
        "two/dns",
        "two/web",
    ]
