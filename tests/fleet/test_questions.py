"""Questions about a fleet: each answer agrees with its plans one by one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functoria.errors import EmptyBounds
from functoria.fleet import Case, Fleet, Outline, Result
from functoria.fleet.questions import between, counts, differences, outcomes, packages, release, shared, table_of
from functoria.fleet.table import Table
from functoria.loading.configuration import load
from functoria.package import Package, merge
from functoria.plan.compare import compare
from tests.fleets import broken, unikernel, unikernels

TARGETS = ("unix", "hvt", "xen")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    there = unikernels(tmp_path_factory.mktemp("fleet"), "a", "b")
    unikernel(there, "late", least="3.0.0", most="4.0.0")
    broken(there, "z", "1/0\n")
    return there


def plans(place: Path, *names: str) -> list[Result[Outline]]:
    return list(Fleet.of([place / name / "config.py" for name in names], targets=TARGETS).plans(jobs=1))


def test_who_would_take_a_release(place: Path) -> None:
    table = release(plans(place, "a", "late", "z"), "lru", "1.5.0")
    assert table.columns == ("case", "reached", "why", "refused_by")
    assert [row[:2] for row in table.rows] == [
        *((f"a target={target}", True) for target in TARGETS),
        *((f"{name} target={target}", False) for name in ("late", "z") for target in TARGETS),
    ]
    assert "late/config.py:6, of Unikernel.Main" in table.rows[3][3][0]
    assert "ZeroDivisionError" in table.rows[-1][2]


@given(
    st.lists(
        st.builds(
            lambda name, least, most: Package(name, (), _bounds(least, most)),
            st.sampled_from(["p", "q"]),
            st.one_of(st.none(), st.integers(0, 9)),
            st.one_of(st.none(), st.integers(5, 14)),
        ),
        max_size=8,
    )
)
def test_the_union_of_packages_is_what_merging_says(asked: list[Package]) -> None:
    """Each case declares one package: the common bounds, or their conflict, are those of merging all."""
    results = []
    for number, package in enumerate(asked):
        ends = [None if end is None else end.text for end in (package.min, package.max)]
        said = [package.name, *ends, False, None, "dev", None, []]
        outline = Outline(
            {"name": "x", "packages": [said], "declared": [], "keys": {}, "devices": [], "libraries": [], "files": {}}
        )
        results.append(Result(Case.of("config.py", label=f"case-{number}"), "done", outline))
    found = {each.name: each for each in shared(results)}
    assert set(found) == {package.name for package in asked}
    for name, each in found.items():
        those = [package for package in asked if package.name == name]
        assert each.cases == len(those)
        try:
            assert merge(those).bounds == each.bounds
        except EmptyBounds:
            assert each.bounds.empty
            culprits = [package for number, package in enumerate(asked) if f"case-{number}" in each.emptied_by]
            with pytest.raises(EmptyBounds):
                merge(culprits)
        else:
            assert each.emptied_by == ()


def _bounds(least: int | None, most: int | None) -> object:
    from functoria.bounds import Bounds

    bounds = Bounds(None if least is None else str(least), None if most is None else str(most))
    return Bounds() if bounds.empty else bounds


def test_packages(place: Path) -> None:
    table = packages(plans(place, "a", "b", "late"))
    (row,) = [row for row in table.rows if row[0] == "lru"]
    assert row[1:3] == ("nothing", 9)
    assert row[4] == [
        ">= 3.0.0 by late target=unix, late target=hvt, late target=xen",
        "< 2.0.0 by a target=unix, a target=hvt, a target=xen and 3 more",
    ]
    (lru,) = [each for each in shared(plans(place, "a", "b", "late")) if each.name == "lru"]
    assert list(lru.emptied_by) == [f"late target={target}" for target in TARGETS] + [
        f"{name} target={target}" for name in ("a", "b") for target in TARGETS
    ]
    (row,) = [row for row in packages(plans(place, "a", "b")).rows if row[0] == "lru"]
    assert row[1:] == ('{>= "1.1.0" & < "2.0.0"}', 6, [], [])


def test_what_differs_between_targets(place: Path) -> None:
    app = load(place / "a" / "config.py")
    edits = [edit for edit in compare(app.plan(target="hvt"), app.plan(target="xen")) if edit.what != "file"]
    found = between(plans(place, "a", "b"), "target", "hvt", "xen")
    assert [each.edit for each in found if each.case == "a"] == edits
    assert [each.edit for each in found if each.case == "b"] == edits
    assert between(plans(place, "a"), "target", "hvt", "hvt") == []
    (one, *_) = between(plans(place, "a"), "target", "hvt", "no-such")
    assert (one.edit, one.before, one.after) == (None, "planned", "not in the fleet")


def test_what_differs_between_fleets(place: Path, tmp_path: Path) -> None:
    unikernel(tmp_path, "a", least="1.0.0")
    unikernel(tmp_path, "b", least="1.7.0")
    broken(tmp_path, "late", "1/0\n")
    before, after = plans(place, "a", "b", "late"), plans(tmp_path, "a", "b", "late")
    found = differences(before, after)
    assert {each.case for each in found} == {
        *(f"{name} target={target}" for name in ("b", "late") for target in TARGETS)
    }
    changed = next(each for each in found if each.case == "b target=hvt")
    assert (changed.edit.what, changed.edit.name, changed.before, changed.after) == (  # type: ignore[union-attr]
        "bounds",
        "lru",
        '{>= "1.1.0" & < "2.0.0"}',
        '{>= "1.7.0" & < "2.0.0"}',
    )
    gone = next(each for each in found if each.case == "late target=hvt")
    assert gone.before == "planned"
    assert gone.after.startswith("failed: ")
    assert gone.kind == "change"
    assert {each.kind for each in differences(before[:3], before)} == {"add"}
    assert {row[1] for row in table_of(differences(before, before[:3])).rows} == {"remove"}
    assert differences(before, before) == []
    back = differences(after, before)
    assert [each.edit and each.edit.reversed() for each in back] == [each.edit for each in found]
    assert table_of(found).columns == ("case", "kind", "what", "name", "before", "after")
    assert len(table_of(found).rows) == len(found)


def test_outcomes(place: Path) -> None:
    table = outcomes(plans(place, "a", "z"))
    assert [row[1] for row in table.rows] == ["done"] * 3 + ["failed"] * 3
    assert "ZeroDivisionError" in table.rows[3][4]
    assert counts(row[1] for row in table.rows) == "3 done, 3 failed"
    assert counts([]) == "no case"


_CELLS = st.one_of(st.text(), st.integers(), st.booleans(), st.none(), st.lists(st.text(), max_size=2))


@given(st.lists(st.tuples(_CELLS, _CELLS), max_size=4))
def test_csv_says_what_the_table_says_and_no_formula(rows: list[tuple[object, object]]) -> None:
    table = Table.of(("one", "two"), rows)
    head, *read = csv.reader(io.StringIO(table.to_csv(), newline=""))
    assert head == ["one", "two"]
    assert len(read) == len(rows)
    for cells, texts in zip(read, table.texts(), strict=True):
        for cell, text in zip(cells, texts, strict=True):
            assert cell in (text, f"'{text}")
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert [tuple(each.values()) for each in table.to_data()] == [*map(tuple, rows)]
