"""The announcement of MirageOS 3.3, point by point."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mirage_devices as m
from functoria import Bounds, Package, Plan, foreign, job, package
from functoria.errors import PinConflict
from tests.catalogue_rows import ALL, ROWS
from tests.tools import need, run


def plan_of(*packages: Package, context: dict[str, Any] | None = None, **options: Any) -> Plan:
    """Return the plan of a unikernel with these packages."""
    return m.register("announced", [foreign("Unikernel", job, packages=packages)], **options).plan(context)


def opam_file(plan: Plan) -> str:
    return next(text for name, text in plan.files().items() if name.endswith(".opam"))


def depend(plan: Plan, directory: Path) -> list[str]:
    """Return the calls of opam by `make depend`, one per line."""
    need("make")
    plan.write(directory)
    log = directory / "log"
    opam = directory / "stand-in"
    opam.write_text(f"#!/bin/sh\necho \"$*\" >>'{log}'\n")
    opam.chmod(0o755)
    run("make", "depend", f"OPAM={opam}", cwd=directory)
    return log.read_text().splitlines()


@pytest.mark.parametrize("target", ["unix", "macosx"])
def test_bootvar_on_unix(target: str) -> None:
    plan = plan_of(context={"target": target})
    assert str(plan.package("mirage-bootvar-unix")) == 'mirage-bootvar-unix {>= "0.1.0" & < "0.2.0"}'
    main = plan.files()["main.ml"]
    assert "Bootvar.argv ()" in main
    assert "Sys.argv" not in main


def test_generated_upper_bounds_and_their_rule() -> None:
    plan = plan_of(package("before-one", compatible="0.4.2"), package("after-one", compatible="1.5.0"))
    text = opam_file(plan)
    assert '"before-one" {>= "0.4.2" & < "0.5.0"}' in text
    assert '"after-one" {>= "1.5.0" & < "2.0.0"}' in text


@given(*[st.integers(0, 10**6)] * 3)
def test_the_rule_of_upper_bounds_for_every_release(major: int, minor: int, patch: int) -> None:
    version = f"{major}.{minor}.{patch}"
    limit = f"{major + 1}.0.0" if major else f"0.{minor + 1}.0"
    assert Bounds.compatible(version) == Bounds(version, limit)


def test_package_pins() -> None:
    plan = plan_of(package("cow", pin="git+https://github.com/mirage/ocaml-cow.git#v2"))
    text = opam_file(plan)
    assert 'pin-depends: [\n  ["cow.dev" "git+https://github.com/mirage/ocaml-cow.git#v2"]\n]' in text
    assert '  "cow"\n' in text


def test_several_package_pins() -> None:
    plan = plan_of(package("cow", pin="git+https://a.example/cow"), package("calf", pin="/src/calf"), package("cow"))
    pins = re.findall(r'\["(\S+)" "(\S+)"\]', opam_file(plan))
    assert pins == [("calf.dev", "/src/calf"), ("cow.dev", "git+https://a.example/cow")]
    with pytest.raises(PinConflict):
        _ = plan_of(package("cow", pin="/one"), package("cow", pin="/two")).packages


@pytest.mark.parametrize("target", ALL)
def test_random_stdlib_is_the_default(target: str) -> None:
    app = m.register("announced", [foreign("Unikernel.Main", m.random >> job) @ m.default_random])
    plan = app.plan(target=target)
    assert str(plan.package("mirage-random-stdlib")) == 'mirage-random-stdlib {< "0.1.0"}'
    assert "nocrypto" not in {wanted.name for wanted in plan.packages}


@pytest.mark.parametrize("said", ["fortuna", "nocrypto"])
@pytest.mark.parametrize("target", ALL)
def test_fortuna_on_request(target: str, said: str) -> None:
    app = m.register("announced", [foreign("Unikernel.Main", m.random >> job) @ m.default_random])
    plan = app.plan(target=target, prng=said)
    modules = [node.module for node in plan.devices]
    assert modules.index("Nocrypto_entropy") < modules.index("Nocrypto.Rng") < modules.index("Unikernel.Main")
    assert "mirage-random-stdlib" not in {wanted.name for wanted in plan.packages}


def test_no_depext(tmp_path: Path) -> None:
    with_it = depend(plan_of(context={"target": "hvt"}), tmp_path / "with")
    assert [line.split()[0] for line in with_it] == ["pin", "depext", "pin", "install"]
    without = depend(plan_of(context={"target": "hvt", "no_depext": True}), tmp_path / "without")
    assert [line.split()[0] for line in without] == ["install"]


@pytest.mark.parametrize("no_depext", [False, True])
@pytest.mark.parametrize("target", ALL)
def test_depend_by_opam_install_deps_only_y(tmp_path: Path, target: str, no_depext: bool) -> None:
    calls = depend(plan_of(context={"target": target, "no_depext": no_depext}), tmp_path)
    words = calls[-1].split()
    assert words[0] == "install"
    assert {"-y", "--deps-only"} <= set(words)
    for call in calls:
        assert "-y" in call.split() or "--yes" in call.split() or "--no-action" in call.split()


@pytest.mark.parametrize("name", [name for name in ROWS if name not in ("crunch", "direct_kv_ro", "syslog_tls")])
def test_no_unused_io_page(name: str) -> None:
    row = ROWS[name]
    main: Any = foreign("Unikernel.Main", row.impl.signature >> job)
    for target in row.targets:
        plan = m.register("announced", [main @ row.impl]).plan(target=target)
        assert "io-page" not in {wanted.name for wanted in plan.packages}


def test_io_page_comes_with_crunch_alone() -> None:
    plan = m.register("announced", [foreign("Unikernel.Main", m.kv_ro >> job) @ m.crunch("t")]).plan()
    assert [reason.device.module for reason in plan.why("io-page").reasons] == ["Static_t"]


@pytest.mark.parametrize(("prng", "generator"), [("stdlib", "Mirage_random_stdlib"), ("fortuna", "Nocrypto.Rng")])
def test_charrua_client_s_random(prng: str, generator: str) -> None:
    stack = m.dhcp_ipv4_stack(m.default_network)
    plan = m.register("announced", [foreign("Unikernel.Main", m.stackv4 >> job) @ stack]).plan(prng=prng)
    (client,) = [node for node in plan.devices if node.module == "Dhcp_client_mirage.Make"]
    assert client.arguments[0].module == generator
    assert f"Dhcp_client_mirage.Make({generator})(OS.Time)(Netif)" in plan.files()["main.ml"]
    bounds = 'charrua-client-mirage {>= "0.11.0" & < "0.12.0"}'
    assert str(plan.package("charrua-client-mirage")) == bounds


KINDS = """argv arp block conduit console ethernet fs http icmp ip kv_ro mclock network pclock qubesdb random reporter
resolver stack syslog tcp time tracing udp"""


def test_one_module_per_implementation() -> None:
    directory = Path(str(m.__file__)).parent / "v3" / "devices"
    for kind in KINDS.split():
        assert (directory / f"{kind}.py").is_file()
        assert len((directory / f"{kind}.py").read_text().splitlines()) <= 450
    for name, row in ROWS.items():
        main: Any = foreign("Unikernel.Main", row.impl.signature >> job)
        plan = m.register("announced", [main @ row.impl]).plan(target=row.targets[0])
        node = next(node for node in plan.devices if node.module == "Unikernel.Main").arguments[0]
        home = m.__dict__["_HOME"][name.split()[0]]
        assert type(node.device).__module__ == home


@pytest.mark.parametrize("target", ALL)
def test_opam_2_and_the_ocaml_dependency(target: str) -> None:
    text = opam_file(plan_of(context={"target": target}))
    assert 'opam-version: "2.0"' in text
    assert '"ocaml" {build & >= "4.04.2"}' in text
    assert "available:" not in text
    assert "ocaml-version" not in text


def test_the_opam_file_passes_opam_lint(tmp_path: Path) -> None:
    need("opam")
    for target in ALL:
        plan = plan_of(package("cow", pin="git+https://a.example/cow"), context={"target": target})
        path = tmp_path / "opam"
        path.write_text(opam_file(plan))
        assert run("opam", "lint", path).stdout == f"{path}: Passed.\n"


def test_genode() -> None:
    plan = plan_of(context={"target": "genode"})
    assert plan.root.device.result(plan.info) == "announced.genode"
    assert str(plan.package("solo5-bindings-genode")) == 'solo5-bindings-genode {>= "0.4.0" & < "0.5.0"}'
    assert plan.package("solo5-bindings-genode").libraries == ()
    assert "`Genode" in plan.files()["key_gen.ml"]
    assert "mirage-unikernel-announced-genode.opam" in plan.files()


@pytest.mark.parametrize("target", ALL)
def test_dune_instead_of_ocamlbuild(target: str) -> None:
    plan = plan_of(context={"target": target})
    assert '"dune" {build & >= "1.1.0"}' in opam_file(plan)
    assert {"dune", "dune-project"} <= set(plan.files())
    assert "_tags" not in plan.files()
    assert not [name for name, text in plan.files().items() if "ocamlbuild" in text]
