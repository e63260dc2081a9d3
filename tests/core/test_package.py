"""Packages: the meaning of a declaration, and of several declarations of one package together."""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from functoria import Bounds, FunctoriaError, Package, Version, foreign, job, merge, package, register
from functoria.errors import EmptyBounds, InvalidName, InvalidPackage, InvalidVersion, PinConflict
from functoria.opam import file as opamfile
from functoria.opam.formula import Environment
from mirage_devices.v4.testing import packages
from tests.tools import need, run

HERE = __file__
WORDS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

# A few versions, some of them equal, so that ends of intervals often coincide.
POOL = ["0", "0.9", "1.0~beta", "1.0", "1.00", "1.0-1", "1.2.0", "1.10", "2.0", "v0.9"]
pool = st.sampled_from(POOL)
names = st.text(WORDS + "-+", min_size=1, max_size=10).filter(lambda name: any(c.isalpha() for c in name))
library_names = st.lists(st.text(WORDS, min_size=1, max_size=6), max_size=4)
pins = st.sampled_from(["git+https://example.org/p.git", "./p"])


@st.composite
def bounds(draw: st.DrawFn) -> Bounds:
    made = Bounds(draw(st.none() | pool), draw(st.none() | pool))
    assume(not made.empty)
    return made


@st.composite
def declarations(draw: st.DrawFn, pin: st.SearchStrategy[str | None] = st.none()) -> Package:  # noqa: B008  # immutable
    wanted = draw(bounds())
    return package(
        "p",
        min=wanted.min,
        max=wanted.max,
        sublibs=draw(st.none() | st.lists(st.sampled_from(["unix", "xen", "lwt"]))),
        build=draw(st.booleans()),
        pin=draw(pin),
    )


# Single declarations


@given(names)
def test_a_package_is_linked_under_its_own_name(name: str) -> None:
    assume(name[0] in WORDS)
    plain = package(name)
    assert (plain.name, plain.libraries, plain.min, plain.max, plain.build, plain.pin) == (
        name,
        (name,),
        None,
        None,
        False,
        None,
    )


@given(library_names)
def test_sublibs_come_beside_the_library_and_ocamlfind_in_place_of_it(libraries: list[str]) -> None:
    assert set(package("p", sublibs=libraries).libraries) == {"p", *(f"p.{name}" for name in libraries)}
    assert set(package("p", ocamlfind=libraries).libraries) == set(libraries)
    assert package("p", ocamlfind=libraries) == package("p", ocamlfind=libraries[::-1] * 2)
    with pytest.raises(InvalidPackage, match=r"^p: give sublibs .* or ocamlfind .*, not both"):
        package("p", sublibs=libraries, ocamlfind=libraries)


@given(st.none() | pool, st.none() | pool, pool)
def test_min_is_inside_and_max_is_not(low: str | None, high: str | None, version: str) -> None:
    assume(low is None or high is None or Version(low) < Version(high))
    wanted = package("p", min=low, max=high)
    above = low is None or Version(low) <= Version(version)
    below = high is None or Version(version) < Version(high)
    assert wanted.allows(version) == (above and below) == (version in wanted.bounds)


@given(pool, pool)
def test_bounds_that_admit_nothing_are_refused(a: str, b: str) -> None:
    low, high = max(Version(a), Version(b)), min(Version(a), Version(b))
    with pytest.raises(EmptyBounds, match="admits no version") as caught:
        package("p", min=low, max=high)
    assert [place.file for place in caught.value.locations] == [HERE]


@given(st.from_regex(r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{1,2}", fullmatch=True))
def test_compatible_is_that_minimum_and_the_rule_for_the_maximum(version: str) -> None:
    assert package("p", compatible=version) == package("p", min=version, max=Version(version).next_incompatible())
    for low, high in ((version, None), (None, version)):
        with pytest.raises(InvalidPackage, match="compatible"):
            package("p", compatible=version, min=low, max=high)


@given(st.none() | pool, st.none() | pool, pins, pool)
def test_a_pin_takes_the_place_of_bounds(low: str | None, high: str | None, pin: str, version: str) -> None:
    assume(low is None or high is None or Version(low) < Version(high))
    pinned = package("p", min=low, max=high, pin=pin)
    assert pinned == package("p", pin=pin)
    assert (pinned.min, pinned.max, str(pinned)) == (None, None, "p")
    assert pinned.allows(version)


def test_a_package_as_opam_writes_it() -> None:
    assert str(package("p")) == "p"
    assert str(package("tcpip", min="3.5.0", max="3.6.0")) == 'tcpip {>= "3.5.0" & < "3.6.0"}'
    assert str(package("crunch", max="3", build=True)) == 'crunch {build & < "3"}'
    assert str(package("bos", build=True, pin="./bos")) == "bos {build}"


@given(declarations(st.none() | pins), st.lists(st.sampled_from(["?monorepo", "with-test"]), max_size=2))
def test_what_opam_is_told_of_a_package_is_one_thing_in_each_form(wanted: Package, flags: list[str]) -> None:
    ends = wanted.bounds.conditions()
    assert wanted.conditions(*flags) == ["build"] * wanted.build + flags + ends
    assert wanted.atoms() == ([wanted.name + end.replace(" ", "").replace('"', "") for end in ends] or [wanted.name])
    assert str(wanted) == " ".join(
        [wanted.name, *["{%s}" % " & ".join(wanted.conditions())] * bool(wanted.conditions())]
    )
    data = json.loads(json.dumps(wanted.to_data()))
    assert _of_data(data) == wanted


def _of_data(data: dict[str, Any]) -> Package:
    pin_version = {} if data["pin"] is None else {"pin_version": data["pin_version"]}
    ends = Bounds(data["min"], data["max"])
    more = {"scope": data["scope"], **pin_version}
    return Package(data["name"], tuple(data["libraries"]), ends, data["build"], data["pin"], **more)


@given(packages(st.just("p")))
def test_plain_data_is_all_of_a_package_of_either_scope_and_of_any_pin(wanted: Package) -> None:
    assert _of_data(json.loads(json.dumps(wanted.to_data()))) == evolve(wanted, replaced=Bounds())


@given(declarations(), pool)
def test_what_opam_is_told_of_a_package_admits_the_same_versions_in_each_form(wanted: Package, version: str) -> None:
    admitted = wanted.allows(version)
    condition = opamfile.condition(" & ".join(wanted.conditions()))
    installing = Environment({}).installing()
    assert (condition is None or installing.meets(condition, Version(version))) == admitted
    atoms = [opamfile.condition(re.sub("^p([<>=]+)(.*)$", r'\1 "\2"', atom)) for atom in wanted.atoms() if atom != "p"]
    assert all(atom is not None and installing.meets(atom, Version(version)) for atom in atoms) == admitted
    data = wanted.to_data()
    assert package("p", min=data["min"], max=data["max"]).allows(version) == admitted


def test_bounds_beside_a_pin_are_not_told_to_opam() -> None:
    wanted = Package("p", bounds=Bounds("1", "2"), pin="./p")
    assert (wanted.conditions(), wanted.atoms(), str(wanted)) == ([], ["p"], "p")


def test_the_place_of_a_declaration_is_no_part_of_it() -> None:
    one = package("p", min="1")
    two = package("p", min="1")
    assert one == two
    assert hash(one) == hash(two)
    assert one.location is not None
    assert (two.location.file, two.location.line) == (HERE, one.location.line + 1)


# Bounds in the syntax of PEP 440

parts = st.integers(0, 12)
release = st.lists(parts, min_size=2, max_size=3).map(lambda numbers: ".".join(map(str, numbers)))
specifiers = st.tuples(st.sampled_from([">=", "<", "~="]), release).map("".join)


@given(st.lists(specifiers, min_size=1, max_size=3).map(",".join), st.tuples(parts, parts, parts))
@example(">=3.5,<3.6", (3, 5, 9))
@example("~=1.4.2", (1, 5, 0))
def test_specifiers_of_releases_mean_what_pep_440_says(text: str, numbers: tuple[int, int, int]) -> None:
    version = ".".join(map(str, numbers))
    try:
        assert Bounds.of_specifiers(text).allows(version) == SpecifierSet(text).contains(version)
    except InvalidVersion:
        assert not SpecifierSet(text).contains(version)
        return
    try:
        wanted = package(f"tcpip{text}")
    except EmptyBounds:
        assert not SpecifierSet(text).contains(version)
    else:
        assert wanted.allows(version) == SpecifierSet(text).contains(version)
        assert (wanted.name, wanted.libraries) == ("tcpip", ("tcpip",))


@given(
    st.sampled_from([">=", "<", "~="]),
    st.sampled_from(["", "1!", "v"]),
    release,
    st.sampled_from(["rc1", "a2", ".dev3", ".post1", "b1.post2", ".post2.dev1"]) | st.just(""),
    st.tuples(parts, parts, parts),
)
@example("~=", "1!", "2.3", "", (1, 0, 0))
@example("~=", "v", "3.5", "", (1, 0, 0))
@example("~=", "", "2.2", ".post3", (2, 3, 0))
@example(">=", "", "3.5.0", "rc1", (3, 5, 0))
@example("~=", "", "1" * 5000 + ".1", "", (1, 0, 0))
def test_other_specifiers_mean_what_pep_440_says_or_are_refused(
    operator: str, before: str, numbers: str, after: str, candidate: tuple[int, int, int]
) -> None:
    # opam orders 3.5.0 before 3.5.0rc1, and knows no epochs; a leading v is part of an opam version.
    text = operator + before + numbers + after
    with suppress(InvalidVersion):
        bounds = Bounds.of_specifiers(text)
        version = ".".join(map(str, candidate))
        if before != "v" and len(numbers) < 4000:
            assert bounds.allows(version) == SpecifierSet(text).contains(version, prereleases=True)


@given(st.sampled_from(["!=1.0", ">1.0", "<=2.0", "==1.*", "==1.0", "===1.0", ">=", ">=1 2", ">=1;<2", "~=1", "<>1"]))
def test_what_no_interval_says_is_refused(text: str) -> None:
    with pytest.raises(InvalidVersion) as caught:
        package(f"p{text}")
    assert [place.file for place in caught.value.locations] == [HERE]


@given(bounds())
def test_what_opam_writes_is_read_back(wanted: Bounds) -> None:
    assert Bounds.of_opam(str(wanted)) == wanted
    assert Bounds.of_opam(str(wanted).strip("{}")) == wanted
    assert Bounds.of_opam(" & ".join(reversed(wanted.conditions()))) == wanted


@given(
    st.sampled_from(['= "1"', '> "1"', '<= "1"', '!= "1"', '>= "1" | < "3"', "build", ">= 1", '{>= "1"', '>= "1 2"'])
)
def test_opam_conditions_that_no_interval_says_are_refused(text: str) -> None:
    with pytest.raises(InvalidVersion):
        Bounds.of_opam(text)


def test_specifiers_and_arguments_hold_together() -> None:
    assert package("p >= 1.0, < 3.0", min="2.0") == package("p", min="2.0", max="3.0")
    assert package("p<3", compatible="1.5.0") == package("p", min="1.5.0", max="2.0.0")
    with pytest.raises(EmptyBounds):
        package("p>=3.0", max="2.0")


# Refusals


@given(st.text(max_size=8))
@example("p\n")
@example("12")
def test_what_opam_takes_for_no_name_is_refused(name: str) -> None:
    assume(not set("<>=!~") & set(name))
    fine = set(WORDS + "-+").issuperset(name) and any(c.isalpha() for c in name)
    assume(not fine)
    with pytest.raises(InvalidName, match="is not a package name"):
        package(name)


def test_opam_takes_and_refuses_the_same_names(tmp_path: Path) -> None:
    need("opam")
    characters = [chr(code) for code in range(0x20, 0x7F) if chr(code) not in "<>=!~"]
    tried = [*(f"a{char}b" for char in characters), "1", "1a", "-", "-a", "_", "+a"]
    for number, name in enumerate(tried):
        written = name.replace("\\", "\\\\").replace('"', '\\"')
        (tmp_path / f"{number:03}.opam").write_text(f'opam-version: "2.0"\nname: "{written}"\n')
    verdicts = run("opam", "lint", *sorted(tmp_path.glob("*.opam")), check=False).stdout.split("Errors.")[1:]
    for name, verdict in zip(tried, verdicts, strict=True):
        assert ("in 'name'" not in verdict) == _is_name(name), name


def _is_name(name: str) -> bool:
    with suppress(InvalidName):
        return package(name, ocamlfind=[]).name == name
    return False


@pytest.mark.parametrize(
    ("error", "arguments"),
    [
        (InvalidName, {"name": 3}),
        (InvalidName, {"ocamlfind": ["a b"]}),
        (InvalidName, {"ocamlfind": [".a"]}),
        (InvalidName, {"ocamlfind": [""]}),
        (InvalidName, {"sublibs": ['x"y']}),
        (InvalidName, {"sublibs": [3]}),
        (InvalidPackage, {"sublibs": "unix"}),
        (InvalidPackage, {"ocamlfind": "unix"}),
        (InvalidPackage, {"pin": ""}),
        (InvalidPackage, {"pin": "git://a b"}),
        (InvalidPackage, {"pin": "git://a\n"}),
        (InvalidPackage, {"pin": "git://a\x00"}),
        (InvalidPackage, {"pin": 3}),
        (InvalidVersion, {"min": "1 0"}),
        (InvalidVersion, {"max": ""}),
        (InvalidVersion, {"min": 3.5}),
        (InvalidVersion, {"compatible": "dev"}),
        (InvalidVersion, {"compatible": '1"'}),
    ],
)
def test_a_malformed_declaration_is_refused_where_it_is_written(
    error: type[FunctoriaError], arguments: dict[str, Any]
) -> None:
    with pytest.raises(error) as caught:
        package(arguments.pop("name", "p"), **arguments)
    assert [place.file for place in caught.value.locations] == [HERE]
    assert f"{Path(HERE).name}:" in str(caught.value)


# Merging


def _merged(packages: Sequence[Package]) -> Package | type[FunctoriaError]:
    """Return the result of merging, or the kind of its failure."""
    try:
        return merge(packages)
    except (EmptyBounds, PinConflict) as error:
        return type(error)


@given(st.lists(declarations(pin=st.none() | st.just("./p")), min_size=1, max_size=5), st.randoms())
def test_merging_is_commutative(packages: list[Package], chance: Any) -> None:
    shuffled = chance.sample(packages, len(packages))
    one, two = _merged(packages), _merged(shuffled)
    assert one == two
    assert str(one) == str(two)


@given(declarations(pin=st.none() | st.just("./p")))
def test_merging_is_idempotent(wanted: Package) -> None:
    assert merge([wanted]) == wanted
    assert merge([wanted, wanted]) == wanted
    assert str(merge([wanted, wanted])) == str(wanted)


def _outcome(make: Callable[[], Package]) -> Package | None:
    """Return the result of merging; None if it fails, because either of two mistakes may be reported first."""
    try:
        return make()
    except (EmptyBounds, PinConflict):
        return None


def _grouped(packages: Sequence[Package], data: st.DataObject) -> Package:
    """Return `packages` merged in random groups, and these merged again."""
    groups = list(packages)
    while len(groups) > 1:
        start = data.draw(st.integers(0, len(groups) - 2))
        end = data.draw(st.integers(start + 2, len(groups)))
        groups[start:end] = [merge(groups[start:end])]
    return merge(groups)


@given(st.lists(declarations(pin=st.none() | pins), min_size=1, max_size=5), st.data())
def test_merging_is_one_in_every_order_and_grouping(packages: list[Package], data: st.DataObject) -> None:
    order = data.draw(st.permutations(packages))
    whole, parts = _outcome(lambda: merge(packages)), _outcome(lambda: _grouped(order, data))
    assert whole == parts
    assert str(whole) == str(parts)


def test_a_pin_is_one_in_every_grouping() -> None:
    wide, low, pinned = package("x", min="1.00", max="2"), package("x", max="1.00"), package("x", pin="w")
    for a, b, c in itertools.permutations([wide, low, pinned]):
        for make in (lambda a=a, b=b, c=c: merge([merge([a, b]), c]), lambda a=a, b=b, c=c: merge([a, b, c])):
            with pytest.raises(EmptyBounds, match="no version of x will do"):
                make()
    assert merge([merge([wide, pinned]), pinned]) == merge([wide, merge([pinned, wide])])
    assert merge([wide, pinned]).bounds == Bounds()


@given(st.lists(st.sampled_from(["1.0", "1.00", "01.0", "1.0-0", "1.0-", "1."]), min_size=2, max_size=4), st.randoms())
def test_texts_that_opam_holds_equal_come_out_as_one_in_any_order(texts: list[str], chance: Any) -> None:
    shuffled = chance.sample(texts, len(texts))
    for wanted in ("min", "max"):
        emitted = []
        for order in (texts, shuffled):
            jobs = [foreign("M", job, packages=[package("p", **{wanted: text})]) for text in order]
            plan = register("x", jobs).plan()
            emitted.append([plan.files()[name] for name in ("x.opam", "Makefile", "dune", "key_gen.ml")])
        assert emitted[0] == emitted[1]


@given(declarations(), declarations(), declarations(pin=st.none() | st.just("./p")))
def test_merging_is_associative(a: Package, b: Package, c: Package) -> None:
    whole = _outcome(lambda: merge([a, b, c]))
    assert whole == _outcome(lambda: merge([merge([a, b]), c])) == _outcome(lambda: merge([a, merge([b, c])]))


@given(st.lists(declarations(), min_size=1, max_size=4), pool)
def test_merged_bounds_are_the_intersection(packages: list[Package], version: str) -> None:
    inside = all(wanted.allows(version) for wanted in packages)
    whole = _merged(packages)
    if isinstance(whole, Package):
        assert whole.allows(version) == inside
        assert whole.min is None or all(wanted.allows(whole.min) for wanted in packages)
    else:
        assert not inside


@given(bounds(), bounds(), pool)
def test_bounds_intersect(a: Bounds, b: Bounds, version: str) -> None:
    both = a & b
    assert (version in both) == (version in a and version in b)
    assert both == b & a
    assert both.empty == (both.min is not None and both.max is not None and not both.min < both.max)
    assert a & a == a
    assert a & Bounds() == a


@given(st.lists(declarations(pin=st.none() | st.just("./p")), min_size=1, max_size=4))
def test_merging_unites_libraries_and_is_for_building_only_if_all_are(packages: list[Package]) -> None:
    whole = _merged(packages)
    assume(isinstance(whole, Package))
    assert isinstance(whole, Package)
    assert set(whole.libraries) == {library for wanted in packages for library in wanted.libraries}
    assert whole.libraries == tuple(sorted(set(whole.libraries)))
    assert whole.build == all(wanted.build for wanted in packages)
    assert (whole.pin is not None) == any(wanted.pin is not None for wanted in packages)
    assert whole.pin is None or whole.bounds == Bounds()


def test_declarations_that_contradict_each_other_are_both_named() -> None:
    harmless = package("p", min="0.5")
    high = package("p", min="2.0", max="3.0")
    low = package("p", min="1.0", max="2.0")
    for order in itertools.permutations([harmless, high, low]):
        with pytest.raises(EmptyBounds) as caught:
            merge(order)
        assert set(caught.value.objects) == {high, low}
        assert set(caught.value.locations) == {high.location, low.location}
        for part in (str(high.bounds), str(low.bounds), f"at {high.location}", f"at {low.location}"):
            assert part in str(caught.value)
    assert high.location is not None
    assert low.location is not None
    assert (high.location.file, low.location.line - high.location.line) == (HERE, 1)


def test_pins_that_differ_are_both_named() -> None:
    one = package("p", pin="git+https://example.org/p.git#a")
    two = package("p", pin="git+https://example.org/p.git#b")
    for order in itertools.permutations([package("p", min="1"), one, two]):
        with pytest.raises(PinConflict) as caught:
            merge(order)
        assert set(caught.value.objects) == {one, two}
        for part in (one.pin, two.pin, f"at {one.location}", f"at {two.location}"):
            assert str(part) in str(caught.value)


def test_only_declarations_of_one_package_merge() -> None:
    with pytest.raises(ValueError, match="one package"):
        merge([package("p"), package("q")])
    with pytest.raises(ValueError, match="one package"):
        merge([])


@given(declarations(), declarations())
def test_where_a_package_was_declared_changes_nothing_in_merging(a: Package, b: Package) -> None:
    assert _merged([a, b]) == _merged([evolve(a, location=None), evolve(b, location=None)])
