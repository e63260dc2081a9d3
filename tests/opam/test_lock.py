"""Locks: exact versions from opam's solution, in a file that opam accepts, and builds that require them."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st

from functoria import Plan, foreign, job, package, register
from functoria.bounds import Bounds
from functoria.emit.emitter import HEADER, LOCK_HEADER
from functoria.errors import BuildError, FileConflict, LockMismatch, NoSolution
from functoria.opam import locking
from functoria.opam.lock import Lock, Locked, digest, ours
from functoria.opam.locking import demand, lock, needed, place, text, write
from functoria.opam.repository import Repository
from functoria.opam.roots import SWITCH
from functoria.opam.solver import solver
from functoria.opam.switch import Installed, installed
from functoria.project.build import clean
from functoria.project.kinds import made
from functoria.version import Version
from mirage_devices import v4
from tests import recorded, recorded411, tools
from tests.command_line import Cli
from tests.opam.test_opam_repository import write_release
from tests.snapshots import CACHE, OF_2018, OF_2026, repository

NONE = "0" * 64


@pytest.fixture
def place_of(tmp_path: Path) -> Path:
    """A repository in which the locked release is not always the newest."""
    root = tmp_path / "r"
    write_release(root, "ocaml", "4.14", "")
    write_release(root, "a", "1.0", 'depends: ["b" {>= "1"} "t" {with-test} ("c" {os = "none"} | "d")]')
    write_release(root, "a", "2.0", 'depends: ["b"]')
    for name in ("b", "c", "d", "t"):
        for version in ("0.9", "1.0", "1.1"):
            write_release(root, name, version, "")
    return root


def plan_of(*packages: object, name: str = "demo") -> Plan:
    return register(name, [foreign("Unikernel.Main", job, packages=list(packages))]).plan()  # type: ignore[arg-type]  # packages


def plan4_of(*packages: object, name: str = "demo") -> Plan:
    main = v4.main("Unikernel", v4.job, packages=list(packages))  # type: ignore[arg-type]  # packages
    return v4.register(name, [main], src=None).plan(target="hvt")


@contextmanager
def taken(read: Repository, names: set[str], **variables: str) -> Iterator[Any]:
    """Yield a function that returns what opam would install for a directory with these variables, in an empty switch."""
    with solver(read, wanted=names, cache=CACHE) as opam:
        root = opam._free[0]

        def install(directory: Path, file: str, *options: str) -> dict[str, str]:
            out = opam.directory / f"answer-{len(list(opam.directory.iterdir()))}"
            arguments = [
                "install",
                "--switch",
                SWITCH,
                "--deps-only",
                "--show-actions",
                f"--json={out}",
                *options,
                file,
            ]
            done = opam._opam.run(root, arguments, directory, **{f"OPAMVAR_{k}": v for k, v in variables.items()})
            assert done.returncode == 0, done.stderr
            steps = [step["install"] for step in json.loads(out.read_text())["solution"] if "install" in step]
            return {step["name"]: step["version"] for step in steps if step["version"] != "~dev"}  # not the file itself

        yield install


def test_opam_takes_the_lock_in_place_of_the_file(place_of: Path, tmp_path: Path) -> None:
    tools.need("opam")
    plan = plan_of(package("a", max="2.0"), package("d", min="1.0"))
    found = lock(plan, Repository.read(place_of))
    assert found.versions == {"a": "1.0", "b": "1.1", "d": "1.1", "ocaml": "4.14"}
    plan.write(tmp_path / "p")
    path = write(tmp_path / "p", plan, found)
    assert path.name == place(plan) == f"{next(n for n in plan.files() if n.endswith('.opam'))}.locked"
    for name in ("b", "d"):
        write_release(place_of, name, "1.2", "")
    write_release(place_of, "a", "1.5", "")
    newer = Repository.read(place_of)
    names = {wanted.name for wanted in plan.packages}
    with taken(newer, names) as install:
        assert install(path.parent, f"./{path.name.removesuffix('.locked')}") == {
            "a": "1.5",
            "d": "1.2",
            "ocaml": "4.14",
        }
        assert install(path.parent, f"./{path.name}") == found.versions
        assert install(path.parent, ".", "--locked") == found.versions


@pytest.mark.parametrize(("name", "target"), [("network", "hvt"), ("hello", "unix")])
def test_opam_takes_the_locks_of_3_3(name: str, target: str, tmp_path: Path) -> None:
    tools.need("opam")
    read = repository(OF_2018)
    plan = recorded.application(name).plan(recorded.context(name, target))
    found = lock(plan, read, changes={"os": "linux"}, cache=CACHE)
    assert not found.misfits(plan.packages)
    assert {locked.scope for locked in found.packages} == {None}
    plan.write(tmp_path)
    path = write(tmp_path, plan, found)
    with taken(read, {wanted.name for wanted in plan.packages}, os="linux") as install:
        assert install(tmp_path, f"./{path.name}") == found.versions


@pytest.mark.parametrize(("name", "target"), [("hello", "hvt"), ("network", "unix")])
def test_opam_takes_of_the_locks_of_4_11_what_the_switch_needs_and_the_rest_for_the_monorepo(
    name: str, target: str, tmp_path: Path
) -> None:
    tools.need("opam")
    read = repository(OF_2026)
    plan = recorded411.plan(name, target)
    found = lock(plan, read, changes={"os": "linux"}, cache=CACHE)
    asked = {wanted.name: wanted.scope for wanted in plan.packages}
    switch = {locked.name: locked.version for locked in found.packages if locked.scope == "switch"}
    assert {n for n, scope in asked.items() if scope != "monorepo"} <= switch.keys() < found.versions.keys()
    plan.write(tmp_path)
    path = write(tmp_path, plan, found)
    with taken(read, {wanted.name for wanted in plan.packages}, os="linux") as install:
        assert install(path.parent, f"./{path.name}") == switch
        assert install(tmp_path, "./mirage", "--locked", "--lock-suffix", "functoria-locked") == switch
    with taken(read, {wanted.name for wanted in plan.packages}, os="linux", monorepo="opam-monorepo") as install:
        assert install(path.parent, f"./{path.name}") == found.versions


def test_the_same_again_are_the_same_bytes(place_of: Path, tmp_path: Path) -> None:
    tools.need("opam")
    plan = plan_of(package("a"), package("d"))
    texts = {text(plan, lock(plan, Repository.read(place_of), cache=cache)) for cache in (None, tmp_path, tmp_path)}
    assert len(texts) == 1


def test_a_pin_is_locked_as_it_is(place_of: Path, tmp_path: Path) -> None:
    tools.need("opam")
    plan = plan_of(package("a", max="2.0"), package("b", pin="git+https://example.org/b#0123"))
    found = lock(plan, Repository.read(place_of))
    assert found.versions["b"] == "dev"
    assert '["b.dev" "git+https://example.org/b#0123"]' in text(plan, found)
    assert not Lock.read(text(plan, found)).misfits(plan.packages)


def test_where_there_is_no_solution(place_of: Path) -> None:
    tools.need("opam")
    with pytest.raises(NoSolution, match=r"there is nothing to lock: .*functoria audit"):
        lock(plan_of(package("a", min="3.0")), Repository.read(place_of))
    plan, read = plan_of(package("a")), Repository.read(place_of)
    assert lock(plan, read, ocaml=Bounds("4.14")).versions["ocaml"] == "4.14"
    with pytest.raises(NoSolution):
        lock(plan, read, ocaml=Bounds("5.0"))


NAMES = st.from_regex(r"\A[a-z][a-z0-9+_-]{0,6}\Z")
VERSIONS = st.from_regex(r"\A[a-z0-9][a-z0-9.+~_-]{0,8}\Z")


@settings(deadline=None)
@given(
    found=st.dictionaries(NAMES, st.tuples(VERSIONS, st.booleans(), st.booleans()), max_size=8),
    split=st.booleans(),
)
def test_what_is_written_is_read(found: Mapping[str, tuple[str, bool, bool]], split: bool) -> None:
    plan = plan_of()
    split = split and any(monorepo for _, monorepo, _ in found.values())
    packages = tuple(
        Locked(name, version, ("monorepo" if monorepo else "switch") if split else None, build)
        for name, (version, monorepo, build) in sorted(found.items())
    )
    made = Lock(packages, digest(plan.packages), NONE)
    assert Lock.read(text(plan, made)) == made


PLAN = plan_of(package("a", min="1.0", max="2.0"), package("b", pin="git+https://example.org/b"))
FITS = Lock(
    tuple(Locked(p.name, "dev" if p.pin else str(p.min or "1")) for p in PLAN.packages), digest(PLAN.packages), NONE
)


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ([package("a", min="1.5", max="2.0")], 'a {>= "1.5" & < "2.0"} is required, but a.1.0 is locked'),
        ([package("zz")], "zz is required, but not locked"),
        ([package("a", pin="git+https://example.org/a")], "a is pinned as dev, but a.1.0 is locked"),
        ([package("a", min="0.5")], "it was made for other packages, or other bounds"),
        ([package("a", max="2.0", min="1.0"), package("b", pin="git+https://example.org/c")], "it was made for other"),
        ([], "it was made for other packages, or other bounds"),
    ],
)
def test_a_lock_that_does_not_fit_the_plan(wanted: list[Any], says: str) -> None:
    assert FITS.misfits(PLAN.packages) == []
    (wrong,) = FITS.misfits(plan_of(*wanted).packages)
    assert says in wrong


def test_a_lock_that_does_not_fit_the_switch() -> None:
    there = dict(FITS.versions)
    assert FITS.missing({**there, "more": "1"}) == []
    for name, version in there.items():
        assert FITS.missing({**there, name: "other"}) == [f"{name} is other, but {version} is locked"]
        less = {other: has for other, has in there.items() if other != name}
        assert FITS.missing(less) == [f"{name} is not installed, but {version} is locked"]
    fetched = evolve(FITS, packages=tuple(evolve(locked, scope="monorepo") for locked in FITS.packages))
    assert fetched.missing({}) == []


@pytest.mark.parametrize(
    ("damage", "says"),
    [
        (lambda said: said.replace("x-functoria-lock-of", "x-other"), "is not a lock of functoria"),
        (lambda said: said.replace('"sha256=', '"md5='), "is not a lock of functoria"),
        (lambda said: said.replace('= "1.0"', '>= "1.0"'), "a package without an exact version"),
        (lambda said: said.replace('{= "1.0"}', ""), "a package without an exact version"),
        (lambda said: said[: len(said) // 2], "opam's syntax"),
    ],
)
def test_what_is_not_a_lock(damage: Any, says: str, tmp_path: Path) -> None:
    PLAN.write(tmp_path)
    path = write(tmp_path, PLAN, FITS)
    assert locking.read(tmp_path, PLAN) == FITS
    path.write_text(damage(path.read_text()))
    with pytest.raises(LockMismatch, match=says) as caught:
        locking.read(tmp_path, PLAN)
    assert "functoria lock" in str(caught.value)


SPLIT = plan4_of(v4.package("a", min="1.0", max="2.0"))
LOCKED = Lock(
    tuple(
        Locked(p.name, str(p.min or "1"), "monorepo" if p.scope == "monorepo" else "switch", p.build)
        for p in sorted(SPLIT.packages, key=lambda p: p.name)
    ),
    digest(SPLIT.packages),
    NONE,
)


def edited(kind: str, line: str) -> str:
    """Return a line of `depends`, with its newline, as somebody might change it."""
    monorepo = "?monorepo & "
    match kind:
        case "deleted":
            return ""
        case "twice":
            return line * 2
        case "version":
            return line.replace('= "', '= "9')
        case "place":
            return line.replace(monorepo, "") if monorepo in line else line.replace("{", "{" + monorepo)
        case "build":
            return line.replace("build & ", "") if "build & " in line else line.replace("{", "{build & ")
    return line.replace("}", ' & os = "none"}')


@settings(deadline=None)
@given(data=st.data(), kind=st.sampled_from(["deleted", "twice", "version", "place", "build", "condition"]))
def test_a_lock_whose_packages_were_changed(data: Any, kind: str) -> None:
    said = text(SPLIT, LOCKED)
    assert Lock.read(said) == LOCKED
    start = said.index("depends: [\n") + len("depends: [\n")
    lines = said[start : said.index("]\n", start)].splitlines(keepends=True)
    line = data.draw(st.sampled_from(lines))
    with pytest.raises(LockMismatch, match=r"was changed since it was locked|without an exact version") as caught:
        Lock.read(said.replace(line, edited(kind, line), 1))
    assert caught.value.message.endswith(": lock again, with functoria lock")


TOLD = evolve(FITS, packages=tuple(sorted(FITS.packages, key=lambda locked: locked.name)))


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_whatever_else_opam_is_told_counts(data: Any) -> None:
    """Changing or removing any word or string of the lock is noticed. Comments and blanks do not matter to opam."""
    said = text(PLAN, TOLD)
    assert Lock.read(said) == TOLD
    assert Lock.read(said.replace("\n]", "\n  # a comment\n]").replace(" {", "  {")) == TOLD
    own = said[: said.index("x-functoria-lock-of")]
    tokens = [
        found
        for found in re.finditer(r'"[^"]*"|\b[a-z-]+\b(?=:)', own)
        if "#" not in own[own.rfind("\n", 0, found.start()) + 1 : found.start()]
    ]
    assert any("example.org" in found[0] for found in tokens)
    token = data.draw(st.sampled_from(tokens))
    other = data.draw(st.sampled_from(["", "other"])) if token[0][0] == '"' else None
    changed = f"x{token[0]}" if other is None else f'"{token[0][1:-1]}x"' if other else ""
    with pytest.raises(LockMismatch):
        Lock.read(said[: token.start()] + changed + said[token.end() :])


def test_a_pin_of_a_lock_that_was_changed(tmp_path: Path) -> None:
    PLAN.write(tmp_path)
    path = write(tmp_path, PLAN, FITS)
    path.write_text(path.read_text().replace("example.org/b", "example.com/b"))
    with pytest.raises(LockMismatch, match="was changed since it was locked: lock again"):
        demand(tmp_path, PLAN, Installed(FITS.versions, {"b": "https://example.com/b"}))


def test_the_digest_is_the_same_for_locks_of_earlier_versions() -> None:
    opam = 'opam-version: "2.0"\ndepends: [\n  "a"\n]\nbuild: [["x" name] {with-test}]\nurl { src: "u" }\n'
    assert FITS.text(opam).endswith(
        'x-functoria-lock-content: "sha256=50604206c202280c98678204930b90113cb0856b30b5ab56ea7ad1498228b551"\n'
    )


def test_the_packages_count_even_where_the_same_was_asked_for() -> None:
    def told(**changes: Any) -> list[str]:
        return evolve(
            LOCKED, packages=tuple(evolve(p, **changes) if p.name == "a" else p for p in LOCKED.packages)
        ).misfits(SPLIT.packages)

    assert told() == []
    (wrong,) = told(version="2.0")
    assert wrong.endswith("is required, but a.2.0 is locked")
    (wrong,) = evolve(LOCKED, packages=tuple(p for p in LOCKED.packages if p.name != "a")).misfits(SPLIT.packages)
    assert wrong.endswith("is required, but not locked")
    wrongs = evolve(LOCKED, packages=tuple(evolve(p, scope="monorepo") for p in LOCKED.packages)).misfits(
        SPLIT.packages
    )
    assert len(wrongs) == sum(p.scope != "monorepo" for p in SPLIT.packages) > 0
    assert all("is locked for the monorepo" in wrong for wrong in wrongs)


@pytest.mark.parametrize("damage", ["garbage", "", "cut", "headless", "unlocked"])
def test_the_remedy_for_what_is_not_a_lock_works(damage: str, tmp_path: Path) -> None:
    PLAN.write(tmp_path)
    path = write(tmp_path, PLAN, FITS)
    said = path.read_text()
    path.write_text(
        {
            "cut": said[: len(said) // 2],
            "headless": said[said.index("\n") :].replace("= ", ">= "),
            "unlocked": said.replace("x-functoria-lock-content", "x-other"),
        }.get(damage, damage)
    )
    with pytest.raises(LockMismatch, match="lock again, with functoria lock") as caught:
        locking.read(tmp_path, PLAN)
    force = caught.value.message.endswith("with functoria lock --force")
    if not force:
        write(tmp_path, PLAN, FITS)
    else:
        with pytest.raises(FileConflict, match="give --force"):
            write(tmp_path, PLAN, FITS)
        write(tmp_path, PLAN, FITS, force=True)
    assert locking.read(tmp_path, PLAN) == FITS


def test_files_of_others_are_left_alone(tmp_path: Path) -> None:
    PLAN.write(tmp_path)
    path = tmp_path / place(PLAN)
    path.write_text("mine")
    with pytest.raises(FileConflict, match="not made by functoria"):
        write(tmp_path, PLAN, FITS)
    assert path.read_text() == "mine"
    for _ in range(2):
        write(tmp_path, PLAN, FITS, force=True)
    (tmp_path / f"{place(PLAN)}.functoria-unfinished").write_text("cut off")
    write(tmp_path, PLAN, FITS)
    assert locking.read(tmp_path, PLAN) == FITS
    assert not (tmp_path / f"{place(PLAN)}.functoria-unfinished").exists()


@pytest.mark.parametrize("plan", [PLAN, plan4_of(v4.package("a"))], ids=["3.3", "4.11"])
def test_a_lock_says_what_makes_it_and_earlier_ones_are_still_known(plan: Plan, tmp_path: Path) -> None:
    found = evolve(FITS, asked=digest(plan.packages))
    plan.write(tmp_path)
    path = write(tmp_path, plan, found)
    (first,) = [line for line in path.read_text().splitlines() if line.startswith("# ")]
    assert first == f"# {LOCK_HEADER}"
    assert LOCK_HEADER.startswith("Made by functoria lock.")
    for header in (LOCK_HEADER, HEADER):  # earlier locks have that of the file they were made from
        path.write_text(path.read_text().replace(LOCK_HEADER, header))
        assert made(path.read_bytes())
        # The header alone makes it ours: the rest of a lock may be damaged.
        damaged = path.read_text().replace("x-functoria-lock", "x-other").encode()
        assert made(damaged)
        assert ours(damaged)
        assert locking.read(tmp_path, plan) == found
        write(tmp_path, plan, found)
        assert path.read_text().count(LOCK_HEADER) == 1


def test_cleaning_and_configuring_leave_the_lock(tmp_path: Path) -> None:
    for plan in (PLAN, plan4_of(v4.package("a"))):
        found = evolve(FITS, asked=digest(plan.packages))
        plan.write(tmp_path)
        path = write(tmp_path, plan, found)
        plan.write(tmp_path)
        assert locking.read(tmp_path, plan) == found
        clean(tmp_path, plan)
        assert locking.read(tmp_path, plan) == found
        shutil.rmtree(tmp_path)
        tmp_path.mkdir()
        assert not path.exists()


def test_building_demands_a_lock_that_fits(tmp_path: Path) -> None:
    with pytest.raises(LockMismatch, match=r"there is no .*: lock first, with functoria lock -b .* -r REPOSITORY"):
        demand(tmp_path, PLAN, Installed({}, {}))
    PLAN.write(tmp_path)
    write(tmp_path, PLAN, FITS)
    pins = {"b": "git+https://example.org/b"}
    assert demand(tmp_path, PLAN, Installed(FITS.versions, pins)) == FITS
    for wrong, says in (({}, "b is not pinned"), ({"b": "https://example.org/c"}, "b is from https://example.org/c")):
        with pytest.raises(LockMismatch, match="the switch is not as locked") as caught:
            demand(tmp_path, PLAN, Installed(FITS.versions, wrong))
        assert f"{says}, but git+https://example.org/b is locked" in str(caught.value)
    with pytest.raises(LockMismatch, match="the switch is not as locked: opam install --deps-only /") as caught:
        demand(tmp_path, PLAN, Installed({**FITS.versions, "a": "1.1"}, pins))
    assert "a is 1.1, but 1.0 is locked" in str(caught.value)
    other = plan_of(package("a", min="1.5", max="2.0"))
    write(tmp_path, other, FITS)
    with pytest.raises(LockMismatch, match="does not fit the plan: lock again"):
        demand(tmp_path, other, Installed(FITS.versions, pins))


def test_what_releases_need_of_what_was_chosen(place_of: Path) -> None:
    read = Repository.read(place_of)
    chosen = {name: Version(version) for name, version in {"a": "1.0", "b": "1.1", "d": "1.1", "t": "1.1"}.items()}
    assert needed(chosen, read) == {"a": ("b", "d"), "b": (), "d": (), "t": ()}
    assert needed({**chosen, "c": Version("1.0")}, read, {"os": "none"})["a"] == ("b", "c", "d")
    assert needed({**chosen, "b": Version("0.9")}, read)["a"] == ("d",)
    assert needed({**chosen, "a": Version("7")}, read)["a"] == ()


CONFIG = """\
from functoria import foreign, job, package, register
app = register("demo", [foreign("Unikernel", job, packages=[package("a", max="2.0", ocamlfind=[])])])
"""
STAND_IN = """\
#!/bin/sh
[ "$1" = list ] && exec printf '%s\\n' {installed}
exec {opam} "$@"
"""
"""An opam that reports another switch."""


def test_the_commands(cli: Cli, place_of: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tools.need("opam", "dune", "ocamlfind")
    (tmp_path / "config.py").write_text(CONFIG)
    (tmp_path / "unikernel.ml").write_text("let start () = ()\n")
    (tmp_path / "bin").mkdir()
    opam = tmp_path / "bin" / "opam"

    def switch(*installed: str) -> None:
        opam.write_text(STAND_IN.format(opam=shutil.which("opam", path=os.defpath), installed=" ".join(installed)))
        opam.chmod(0o755)

    switch("a.1.0")
    monkeypatch.setenv("PATH", f"{opam.parent}{os.pathsep}{os.environ['PATH']}")
    assert cli("configure", "-b", "b").status == 0
    refused = cli("build", "-b", "b", "--locked")
    assert refused.status == 1
    assert "there is no b/demo.opam.locked: lock first, with functoria lock -b b -r REPOSITORY" in refused.err
    without = cli("lock", "-b", "b")
    assert without.status == 2
    assert "name it with -r PLACE" in without.err
    done = cli("lock", "-b", "b", "-r", "r", "--cache", "c")
    assert done.status == 0, done
    assert "locked 4 packages in b/demo.opam.locked" in done.out
    refused = cli("build", "-b", "b", "--locked")
    assert refused.status == 1
    assert "the switch is not as locked: opam install --deps-only ./b/demo.opam.locked makes it so" in refused.err
    assert "ocaml is not installed, but 4.14 is locked" in refused.err
    switch("a.1.0", "b.1.1", "d.1.1", "ocaml.4.14", "more.1")
    built = cli("build", "-b", "b", "--locked")
    assert built.status == 0, built
    (tmp_path / "config.py").write_text(CONFIG.replace('max="2.0"', 'min="2.0"'))
    refused = cli("build", "-b", "b", "--locked")
    assert refused.status == 1
    assert 'a {>= "2.0"} is required, but a.1.0 is locked' in refused.err


def test_what_opam_says_is_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opam = tmp_path / "opam"
    opam.write_text("#!/bin/sh\nprintf '[WARNING] root\\n\\n  [ERROR] not initialised\\n' >&2\nexit 50\n")
    opam.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BuildError) as caught:
        installed(tmp_path)
    assert (
        caught.value.message == "opam cannot list the packages of the switch: [WARNING] root; [ERROR] not initialised"
    )


def test_what_opam_has_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a real switch of opam, with packages that need no building."""
    tools.need("opam")
    for version in ("1.0", "2.0~beta"):
        write_release(tmp_path / "r", "empty", version, "")
    (tmp_path / "r" / "repo").write_text('opam-version: "2.0"\n')
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "opam").write_text('opam-version: "2.0"\n')
    url = f"file://{shutil.make_archive(str(tmp_path / 'source'), 'gztar', tmp_path, 'source')}"
    monkeypatch.setenv("OPAMROOT", str(tmp_path / "root"))
    monkeypatch.setenv("OPAMYES", "1")
    for command in (
        ["init", "--no-opamrc", "--no-setup", "--disable-sandboxing", "--bare", "--kind", "local", "default", "r"],
        ["switch", "create", "--empty", "here"],
        ["install", "empty.2.0~beta"],
        ["pin", "add", "--kind", "http", "pinned.dev", url],
    ):
        subprocess.run(["opam", *command], cwd=tmp_path, check=True, capture_output=True, env={**os.environ})
    assert installed(tmp_path) == Installed({"empty": "2.0~beta", "pinned": "dev"}, {"pinned": url})
