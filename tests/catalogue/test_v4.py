"""The catalogue of MirageOS 4.11, apart from the records."""

from __future__ import annotations

import ast
import importlib
import itertools
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mirage_devices
import mirage_devices.v4 as m
from functoria import Device, FunctoriaError, Key, Package, Plan, arg, foreign, merge
from functoria.errors import (
    DeviceError,
    InvalidName,
    InvalidPackage,
    InvalidValue,
    PinConflict,
    ScopeConflict,
    TypeMismatch,
    Unsupported,
)
from functoria.testing import Violation, check
from tests import recorded411

CHECKED = [
    (name, target)
    for name, target in recorded411.cases()
    if "+" not in name and "@" not in name and target in ("unix", "hvt", "xen", "qubes", "unikraft-qemu")
]


@cache
def planned(name: str, target: str) -> Plan | None:
    """Return the plan of a record; None if it is refused."""
    try:
        return recorded411.plan(name, target)
    except FunctoriaError:
        return None


@pytest.mark.parametrize(("name", "target"), CHECKED)
def test_the_invariants_hold(name: str, target: str) -> None:
    plan = planned(name, target)
    if plan is not None:
        of_release = {
            "registered",
            "started",
            "demanded",
            "linked",
            "readable",
            "main_named",
            "main_faithful",
            "main_stable",
        }
        assert of_release <= set(check(plan).invariants)


@pytest.mark.parametrize("file", ["mirage/main.ml", "mirage/piece.opam", "dune.build"])
def test_no_line_that_counts_can_be_lost(file: str) -> None:
    plan = recorded411.plan("piece-syslog", "hvt")
    name = next(name for name in plan.files() if name.endswith(".opam")) if file.endswith(".opam") else file
    lines = plan.files()[name].splitlines(keepends=True)
    telling = ("register_arg", "Lazy.force", ">>= fun _", "__key ()", '  "', "tcpip")
    lost = [number for number, line in enumerate(lines) if any(word in line for word in telling)]
    assert len(lost) > 3
    for number in lost:
        changed = recorded411.plan("piece-syslog", "hvt")
        text = "".join(lines[:number] + lines[number + 1 :])
        vars(changed)["contents"] = {**changed.contents, name: type(changed.contents[name])(text)}
        with pytest.raises((Violation, AssertionError)):
            check(changed)


CHANGED = [
    ("mirage/main.ml", "Solo5_os.Main.run", "Unix_os.Main.run"),
    ("mirage/main.ml", "Mirage_runtime.delay", "Mirage_runtime.logs"),
    ("mirage/main.ml", "(Stackv4v6)(Static_tls)", "(Static_tls)(Stackv4v6)"),
    ("mirage/main.ml", "module Syslog1 =", "module Syslog ="),
    ("mirage/main.ml", "Arp1.connect _ethernet", "Arp1.connect _netif"),
    ("mirage/main.ml", "Lazy.force delay >>= fun _ ->\n", ""),
    ("mirage/main.ml", "  in run t\n", "  in ignore t\n"),
    ("mirage/main.ml", "~port:_mirage_runtime_network_syslog_port_none", "~port:_mirage_runtime_network_syslog_none"),
    ("mirage/main.ml", "_syslog _syslog1 _syslog2", "_syslog1 _syslog _syslog2"),
    ("dune.build", "(executable", "(executable)("),
    ("dune-workspace", "(toolchain", "(toolchain)"),
    ("dist/dune", "(rule", "rule ("),
    ("Makefile", "pull::", "fetch::"),
    ("Makefile", "clean::\n\tfunctoria", "clean::\nfunctoria"),
    ("mirage/manifest.json", "{", ""),
]


def checked(plan: Plan) -> None:
    """Check only the invariants of 4.11's files."""
    for invariant in plan.root.device.checks:
        invariant(plan)


@pytest.mark.parametrize(("file", "old", "new"), CHANGED)
def test_no_change_that_counts_goes_unseen(file: str, old: str, new: str) -> None:
    changed = recorded411.plan("piece-syslog", "hvt")
    text = changed.files()[file]
    assert old in text
    vars(changed)["contents"] = {**changed.contents, file: type(changed.contents[file])(text.replace(old, new, 1))}
    with pytest.raises(Violation):
        checked(changed)


def test_a_device_whose_code_depends_on_names_is_told() -> None:
    class Showing(m.Device[Any]):
        type = m.network >> m.job
        module = "Showing.Make"

        def connect(self, info: Any, module: str, values: Any) -> str:
            (net,) = self.expect(values, 1)
            return f'{module}.connect "{net}" {net}'

    job: Any = Showing()
    plan = m.register("x", [job @ m.default_network], src=None).plan(target="hvt")
    with pytest.raises(Violation, match="depends on names"):
        check(plan)


def test_importing_one_catalogue_does_not_import_the_other() -> None:
    for one, other in (("mirage_devices.v4", "mirage_devices.v3"), ("mirage_devices", "mirage_devices.v4")):
        program = (
            f"import sys, {one} as m; [getattr(m, name) for name in m.__all__]; "
            f"assert not [name for name in sys.modules if name.startswith('{other}')]"
        )
        subprocess.run([sys.executable, "-c", program], check=True)


def test_type_checkers_are_told_the_same_names() -> None:
    stub = Path(str(m.__file__)).with_suffix(".pyi")
    imported = {
        alias.asname: node.module
        for node in ast.walk(ast.parse(stub.read_text()))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name
    }
    assert sorted(imported) == sorted(vars(m)["__all__"])
    for name, module in imported.items():
        assert getattr(importlib.import_module(str(module)), name) is getattr(m, name)


SCOPES = st.sampled_from(["monorepo", "switch"])
PINS = st.sampled_from([None, None, ("git+https://example.org/a", "dev"), ("git+https://example.org/a", "1.0")])


@st.composite
def packages(draw: st.DrawFn) -> Package:
    """Return a declaration of the package p."""
    pin = draw(PINS)
    low = draw(st.sampled_from([None, "1.0", "2.0"]))
    more = {} if pin is None else {"pin": pin[0], "pin_version": pin[1]}
    libs = draw(st.sampled_from([None, [""], ["a"], ["", "b"]]))
    return m.package(
        "p", scope=draw(SCOPES), min=low, max=draw(st.sampled_from([None, "3.0", "4.0"])), sublibs=libs, **more
    )


def outcome(some: list[Package]) -> object:
    try:
        return merge(some)
    except FunctoriaError as error:
        return type(error)


@settings(deadline=None)
@given(packages(), packages(), packages())
def test_merging_is_associative_commutative_and_idempotent(a: Package, b: Package, c: Package) -> None:
    assert outcome([a, b]) == outcome([b, a])
    assert outcome([a, a]) == a
    whole = {outcome(list(order)) for order in itertools.permutations([a, b, c])}
    errors = {one for one in whole if isinstance(one, type)}
    assert len(whole) == 1 or (len(errors) == len(whole) and errors <= {ScopeConflict, PinConflict})
    left = outcome([a, b])
    if isinstance(left, Package) and not errors:
        assert {outcome([left, c])} == whole


def test_scopes_and_pins_that_differ_name_both_places() -> None:
    one = m.package("p")
    two = m.package("p", scope="switch")
    with pytest.raises(ScopeConflict, match="scope monorepo and the scope switch") as caught:
        merge([one, two])
    assert caught.value.locations == (one.location, two.location)
    pins = [m.package("p", pin="git+https://example.org/p", pin_version=version) for version in ("1.0", "2.0")]
    with pytest.raises(PinConflict, match=r"1\.0 and 2\.0"):
        merge(pins)


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"scope": "nowhere"}, InvalidPackage),
        ({"sublibs": ["a"], "libs": ["b"]}, InvalidPackage),
        ({"sublibs": "ab"}, InvalidPackage),
        ({"pin_version": "1.0"}, InvalidPackage),
    ],
)
def test_packages_that_contradict_themselves(arguments: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        m.package("p", **arguments)


def test_libraries_are_counted_as_in_4() -> None:
    assert m.package("p").libraries == ("p",)
    assert m.package("p", sublibs=["a", "b"]).libraries == ("p.a", "p.b")
    assert m.package("p", sublibs=["", "a"]).libraries == ("p", "p.a")
    assert m.package("p", libs=["q"]).libraries == ("q",)


def test_runtime_arguments_are_one_where_they_are_equal() -> None:
    hello = m.runtime_arg("Unikernel.hello")
    assert hello == m.runtime_arg("Unikernel.hello ")
    jobs = [m.main(f"Job{number}", m.job, runtime_args=[m.runtime_arg("Unikernel.hello")]) for number in range(2)]
    text = m.register("x", jobs, src=None).plan().files()["mirage/main.ml"]
    assert text.count("Unikernel.hello") == 1
    assert text.count("(unikernel_hello__key ())") == 2
    clashing = [m.runtime_arg("A.b"), m.runtime_arg("A_b"), m.runtime_arg("a_b")]
    text = m.register("x", [m.main("Job", m.job, runtime_args=clashing)], src=None).plan().files()["mirage/main.ml"]
    assert len({line for line in text.splitlines() if "register_arg" in line}) == 3 + 3
    for wrong in ("", "  ", None, 3):
        with pytest.raises(InvalidValue):
            m.runtime_arg(wrong)  # type: ignore[arg-type]


def test_values_come_after_arguments_and_dependencies() -> None:
    unikernel = m.main(
        "Unikernel.Main", m.network >> m.job, deps=[m.noop], runtime_args=[m.runtime_arg("Unikernel.hello")]
    )
    plan = m.register("x", [unikernel @ m.default_network], src=None).plan(target="hvt")
    assert "Unikernel_main.start _netif _noop _unikernel_hello" in plan.files()["mirage/main.ml"]
    check(plan)


@pytest.mark.parametrize(
    ("hook", "gives", "said"),
    [
        ("files", ValueError("boom"), "files of Broken (Broken) failed: ValueError: boom"),
        ("files", 3, "files of Broken (Broken) returned 3, but must return a mapping"),
        ("install", ValueError("boom"), "install of Broken (Broken) failed: ValueError: boom"),
        ("install", 3, "install of Broken (Broken) returned 3, but must return an Install"),
    ],
)
def test_a_device_whose_hook_fails_is_named(hook: str, gives: object, said: str) -> None:
    def broken(self: object, info: object) -> object:
        if isinstance(gives, Exception):
            raise gives
        return gives

    members = {"type": m.job, "module": "Broken", "name": "broken", "deps": (m.noop,), hook: broken}
    device: Any = type("Broken", (m.Device,), members)
    with pytest.raises(DeviceError, match=re.escape(said)):
        m.register("x", [device()], src=None).plan(target="hvt").files()


def test_devices_of_the_other_release_are_refused() -> None:
    one = foreign("Unikernel.Main", mirage_devices.time >> m.job) @ mirage_devices.default_time
    with pytest.raises(Unsupported, match=r"mirage_devices\.register"):
        m.register("x", [one], src=None).plan()
    two = foreign("Unikernel.Main", m.network >> m.job) @ m.default_network
    with pytest.raises(Unsupported, match=r"mirage_devices\.v4\.register"):
        mirage_devices.register("x", [two]).plan()


@pytest.mark.parametrize("name", ["", "a b", "-x", ".x", "é", "x/y", "1", "x\n"])
def test_names_that_dune_and_opam_do_not_take(name: str) -> None:
    with pytest.raises(InvalidName):
        m.register(name, [], src=None)


@pytest.mark.parametrize("config", ["", "not a config", '[remote "origin"]\n\turl =\n', '[remote "other"]\n\turl = x'])
def test_a_work_tree_without_a_remote_has_no_url(config: str, tmp_path: Path) -> None:
    from mirage_devices.v4.source import source_of

    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "config").write_text(config)
    assert source_of(tmp_path).url is None


@pytest.mark.parametrize(
    ("remote", "url"),
    [
        ("git@github.com:me/repo.git", "git+https://github.com/me/repo.git#topic/x"),
        ("https://github.com/me/repo.git", "git+https://github.com/me/repo.git#topic/x"),
        ("ssh://git@example.org:2222/me/repo", "git+https://example.org/me/repo#topic/x"),
        ("git://example.org/repo.git", "git+https://example.org/repo.git#topic/x"),
    ],
)
def test_a_work_tree_says_where_its_source_is(remote: str, url: str, tmp_path: Path) -> None:
    from mirage_devices.v4.source import source_of

    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/topic/x\n")
    (tmp_path / ".git" / "config").write_text(f'[core]\n\tbare = false\n[remote "origin"]\n\turl = {remote}\n')
    (tmp_path / "a" / "b").mkdir(parents=True)
    found = source_of(tmp_path / "a" / "b")
    assert (found.url, found.folder) == (url, "a/b")


@pytest.mark.parametrize("code", [0, 255, -1, True, "6", None])
def test_options_of_dhcp_are_in_their_range(code: Any) -> None:
    with pytest.raises((InvalidValue, TypeError)):
        m.make_dhcp_requests([code])


def test_a_wrong_argument_is_told_at_once() -> None:
    with pytest.raises(TypeMismatch, match="expects block as argument 1, but got"):
        m.main("Unikernel.Main", m.block >> m.job) @ m.default_network  # type: ignore[operator]
    with pytest.raises(TypeMismatch, match="reporter of register"):
        m.register("x", [], reporter=m.noop, src=None)  # type: ignore[arg-type]


def test_a_device_may_have_keys_and_runtime_arguments() -> None:
    size = Key.opt("size", arg.int, default=3, stage="configure")

    class Sized(m.Device[Any]):
        type = m.job
        module = "Sized"
        keys = (size,)
        runtime_args = (m.runtime_arg("Sized.arg", packages=[m.package("duration")]),)
        own_packages = (m.package("fmt"),)

        def connect(self, info: Any, module: str, values: Any) -> str:
            (given,) = self.expect(values, 1)
            return f"{module}.start {info.get(size)} {given}"

    assert issubclass(m.Device, Device)
    plan = m.register("x", [Sized()], src=None).plan(size=7)
    assert "Sized.start 7 _sized_arg" in plan.files()["mirage/main.ml"]
    assert {"fmt", "duration"} <= {package.name for package in plan.packages}
    check(plan)
